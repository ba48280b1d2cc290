//! The bytes of a text file as UTF-8, whatever they were saved as, buffered so that a line can be looked at whole.
//!
//! A byte order mark says what a file is; without one, UTF-16 is known by its zero bytes. What is neither and no UTF-8 is told
//! line by line (see [`super::records`]), since a file may hold its first accent after a million lines.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

/// Bytes read at once.
const READ_BYTES: usize = 256 * 1024;
/// Bytes of the beginning by which a file is known.
pub const HEAD_BYTES: usize = 64 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The text of a file, from front to back.
pub struct Text<'r> {
    input: &'r mut dyn Read,
    /// For UTF-16, with the bytes that are not decoded yet.
    decoder: Option<Decoder>,
    raw: Vec<u8>,
    buffer: Vec<u8>,
    /// What was not taken yet begins here.
    begin: usize,
    ended: bool,
    /// Ends a line: old programs on Apple's computers write a carriage return alone.
    pub terminator: u8,
    /// What a byte order mark, or zero bytes, say that the file is.
    pub encoding: Option<&'static str>,
}

impl<'r> Text<'r> {
    /// Reads the beginning.
    pub fn open(input: &'r mut dyn Read) -> io::Result<Self> {
        let mut text = Self {
            input,
            decoder: None,
            raw: Vec::new(),
            buffer: Vec::new(),
            begin: 0,
            ended: false,
            terminator: b'\n',
            encoding: None,
        };
        while text.buffer.len() < HEAD_BYTES && !text.ended {
            text.fill()?;
        }
        if text.buffer.starts_with(BYTE_ORDER_MARK) {
            text.begin = BYTE_ORDER_MARK.len();
            text.encoding = Some("UTF-8");
        } else if let Some((name, decoder)) = utf_16(&text.buffer) {
            text.raw = std::mem::take(&mut text.buffer);
            text.decoder = Some(decoder);
            text.encoding = Some(name);
            text.decode()?;
        }
        let head = text.head();
        if !head.contains(&b'\n') && head.contains(&b'\r') {
            text.terminator = b'\r';
        }
        Ok(text)
    }

    /// What was read and not taken.
    pub fn head(&self) -> &[u8] {
        &self.buffer[self.begin..]
    }

    /// How far the line that begins `from` bytes on reaches, its end not counted; the rest of the text where it has none.
    pub fn line_end(&mut self, from: usize) -> io::Result<usize> {
        let mut seen = from;
        loop {
            let head = self.head();
            if let Some(at) = memchr::memchr(self.terminator, &head[seen.min(head.len())..]) {
                return Ok(seen + at);
            }
            seen = head.len();
            if self.ended {
                return Ok(seen);
            }
            self.fill()?;
        }
    }

    /// Whether nothing follows the first so many bytes.
    pub fn ends_at(&mut self, bytes: usize) -> io::Result<bool> {
        while self.head().len() <= bytes && !self.ended {
            self.fill()?;
        }
        Ok(self.head().len() <= bytes)
    }

    /// Goes on behind so many bytes, the end of their line included.
    pub fn take(&mut self, bytes: usize) {
        self.begin = (self.begin + bytes).min(self.buffer.len());
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.begin > 0 {
            self.buffer.drain(..self.begin);
            self.begin = 0;
        }
        let target = match self.decoder {
            Some(_) => &mut self.raw,
            None => &mut self.buffer,
        };
        let before = target.len();
        target.resize(before + READ_BYTES, 0);
        let read = self.input.read(&mut target[before..]);
        target.truncate(before + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        self.decode()
    }

    fn decode(&mut self) -> io::Result<()> {
        let Some(decoder) = &mut self.decoder else {
            return Ok(());
        };
        let room = decoder
            .max_utf8_buffer_length(self.raw.len())
            .ok_or_else(|| io::Error::other("the text is too long"))?;
        let before = self.buffer.len();
        self.buffer.resize(before + room, 0);
        let (result, _, written, _) =
            decoder.decode_to_utf8(&self.raw, &mut self.buffer[before..], self.ended);
        self.buffer.truncate(before + written);
        self.raw.clear();
        match result {
            CoderResult::InputEmpty => Ok(()),
            CoderResult::OutputFull => Err(io::Error::other("the text does not fit")),
        }
    }
}

/// UTF-16 by its byte order mark, or by the zero bytes that it puts beside letters of the Latin script.
fn utf_16(head: &[u8]) -> Option<(&'static str, Decoder)> {
    let known = |name, encoding: &'static encoding_rs::Encoding| {
        Some((name, encoding.new_decoder_with_bom_removal()))
    };
    let sample = &head[..head.len().min(4096)];
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let units = sample.len() / 2;
    match sample {
        [0xff, 0xfe, ..] => known("UTF-16LE", UTF_16LE),
        [0xfe, 0xff, ..] => known("UTF-16BE", UTF_16BE),
        _ if units >= 4 && zeros(1) * 2 > units && zeros(0) == 0 => known("UTF-16LE", UTF_16LE),
        _ if units >= 4 && zeros(0) * 2 > units && zeros(1) == 0 => known("UTF-16BE", UTF_16BE),
        _ => None,
    }
}
