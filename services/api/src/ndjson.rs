//! A body of many lines, each one JSON object (NDJSON), read as it comes: memory holds one line and one frame.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};

use crate::body::media_type;
use crate::problem::Problem;

/// The content type.
pub const CONTENT_TYPE: &str = "application/x-ndjson";
/// The largest body, in bytes: about a million contacts. A larger set comes in several bodies.
pub const SIZE_MAX: usize = 256 * 1024 * 1024;
/// The longest line, in bytes. A contact of as many establishments as one may have fits.
pub const LINE_SIZE_MAX: usize = 128 * 1024;
/// A client that sends nothing for this long is given up.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// What some programs put before a text; it says nothing.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The lines of a body.
pub struct Lines {
    body: Body,
    /// What was received and not yet handed out; the line under way begins at `begin`, and no end of it is before `seen`.
    received: Vec<u8>,
    begin: usize,
    seen: usize,
    size: usize,
    number: u64,
    ended: bool,
}

/// A line that is not blank.
pub struct Line<'b> {
    /// Its number, from 1, blank ones counted.
    pub number: u64,
    /// Its bytes; nothing when it is longer than is read.
    pub text: Option<&'b [u8]>,
}

impl Lines {
    /// The lines of this request's body, if it is said to be NDJSON.
    pub fn of(request: axum::extract::Request) -> Result<Self, Problem> {
        if media_type(request.headers()).is_none_or(|it| !it.eq_ignore_ascii_case(CONTENT_TYPE)) {
            return Err(Problem::unsupported_media_type());
        }
        // Compressed text would be read as so many bad lines.
        let is_encoded = |it: &axum::http::HeaderValue| !it.as_bytes().eq_ignore_ascii_case(b"identity");
        if request
            .headers()
            .get(axum::http::header::CONTENT_ENCODING)
            .is_some_and(is_encoded)
        {
            return Err(Problem::unsupported_media_type());
        }
        Ok(Self {
            body: request.into_body(),
            received: Vec::new(),
            begin: 0,
            seen: 0,
            size: 0,
            number: 0,
            ended: false,
        })
    }

    /// The next line that is not blank; nothing at the end.
    ///
    /// The body's end, breaking off or falling silent, and its being too large, are problems of the whole.
    pub async fn next(&mut self) -> Result<Option<Line<'_>>, Problem> {
        loop {
            let Some((begin, end, is_whole)) = self.next_line().await? else {
                return Ok(None);
            };
            let line = self.received.get(begin..end).unwrap_or_default();
            let marked = line.strip_prefix(BYTE_ORDER_MARK).filter(|_| self.number == 1);
            let begin = end - marked.unwrap_or(line).len();
            let is_blank = is_whole && self.received[begin..end].trim_ascii().is_empty();
            if !is_blank {
                return Ok(Some(Line {
                    number: self.number,
                    text: is_whole.then(|| self.received[begin..end].trim_ascii()),
                }));
            }
        }
    }

    /// Where the next line stands among what was received, and whether all of it does.
    async fn next_line(&mut self) -> Result<Option<(usize, usize, bool)>, Problem> {
        let mut is_whole = true;
        loop {
            let end = self.received[self.seen..].iter().position(|byte| *byte == b'\n');
            if let Some(end) = end.map(|it| self.seen + it) {
                let begin = std::mem::replace(&mut self.begin, end + 1);
                self.seen = end + 1;
                self.number += 1;
                return Ok(Some((begin, end, is_whole && end - begin <= LINE_SIZE_MAX)));
            }
            self.seen = self.received.len();
            if self.seen - self.begin > LINE_SIZE_MAX {
                // Too long already: what was received of it is thrown away.
                self.begin = self.seen;
                is_whole = false;
            }
            if self.ended {
                let begin = std::mem::replace(&mut self.begin, self.seen);
                let is_last = begin < self.seen || !is_whole;
                self.number += u64::from(is_last);
                return Ok(is_last.then_some((begin, self.seen, is_whole)));
            }
            self.receive().await?;
        }
    }

    async fn receive(&mut self) -> Result<(), Problem> {
        self.received.drain(..self.begin);
        self.seen -= self.begin;
        self.begin = 0;
        let body = &mut self.body;
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
        match tokio::time::timeout(SILENCE_MAX, frame).await {
            Err(_) | Ok(Some(Err(_))) => Err(Problem::malformed_body()),
            Ok(None) => {
                self.ended = true;
                Ok(())
            }
            Ok(Some(Ok(frame))) => {
                if let Ok(bytes) = frame.into_data() {
                    self.size += bytes.len();
                    self.received.extend_from_slice(&bytes);
                }
                match self.size > SIZE_MAX {
                    true => Err(Problem::body_too_large()),
                    false => Ok(()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    async fn lines_of(body: Body) -> Vec<(u64, Option<String>)> {
        let request = Request::post("/").header("content-type", "Application/X-NDJSON; charset=utf-8");
        let mut lines = Lines::of(request.body(body).unwrap()).ok().unwrap();
        let mut found = Vec::new();
        while let Some(line) = lines.next().await.ok().unwrap() {
            let text = line.text.map(|it| String::from_utf8(it.to_vec()).unwrap());
            found.push((line.number, text));
        }
        found
    }

    #[tokio::test]
    async fn lines_are_numbered_and_blank_ones_passed_over() {
        let found = lines_of(Body::from("{1}\r\n\n  \n{2}\n{3}")).await;
        let expected = [(1, "{1}"), (4, "{2}"), (5, "{3}")];
        assert_eq!(
            found,
            expected.map(|(number, text)| (number, Some(text.to_owned())))
        );
        let marked = lines_of(Body::from("\u{feff}{1}\n\u{feff}{2}\n")).await;
        assert_eq!(marked[0], (1, Some("{1}".to_owned())));
        assert_eq!(
            marked[1],
            (2, Some("\u{feff}{2}".to_owned())),
            "a mark begins a text"
        );
        assert!(lines_of(Body::empty()).await.is_empty());
        assert!(lines_of(Body::from("\n\n")).await.is_empty());
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_told_and_the_next_ones_are_read() {
        let long = "x".repeat(3 * LINE_SIZE_MAX);
        let found = lines_of(Body::from(format!("{{1}}\n{long}\n{{3}}\n{long}"))).await;
        let expected = [(1, Some("{1}")), (2, None), (3, Some("{3}")), (4, None)];
        assert_eq!(
            found,
            expected.map(|(number, text)| (number, text.map(str::to_owned)))
        );
        let fits = "x".repeat(LINE_SIZE_MAX);
        assert_eq!(lines_of(Body::from(fits.clone())).await, [(1, Some(fits))]);
    }

    #[tokio::test]
    async fn another_media_type_is_refused() {
        for other in ["application/json", "text/plain"] {
            let request = Request::post("/").header("content-type", other);
            assert!(Lines::of(request.body(Body::empty()).unwrap()).is_err());
        }
        assert!(Lines::of(Request::post("/").body(Body::empty()).unwrap()).is_err());
    }
}
