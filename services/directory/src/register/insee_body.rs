//! What INSEE's answers mean. Read tolerantly: fields come and go with the version, and with what a unit discloses.

use chrono::NaiveDate;
use domain::values::Siret;
use serde::Deserialize;

use super::finding::{Outcome, Silence, is_known};

#[derive(Deserialize)]
struct Body {
    header: Option<Header>,
    etablissement: Option<Establishment>,
    etablissements: Option<Vec<Establishment>>,
}

#[derive(Deserialize)]
struct Header {
    statut: Option<u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Establishment {
    siret: Option<String>,
    etablissement_siege: Option<bool>,
    etat_administratif_etablissement: Option<String>,
    unite_legale: Option<LegalUnit>,
    periodes_etablissement: Option<Vec<Period>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LegalUnit {
    etat_administratif_unite_legale: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Period {
    date_debut: Option<String>,
    etat_administratif_etablissement: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Successions {
    liens_succession: Option<Vec<Succession>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Succession {
    siret_etablissement_successeur: Option<String>,
    date_lien_succession: Option<String>,
}

/// Reads an answer of status 200.
///
/// An answer that speaks of other establishments only (plural `etablissements`, after a redirect) means that the
/// one asked for was closed as a duplicate of theirs: see [`successor_of_duplicate`].
pub fn read(body: &[u8], asked: &Siret, redirected: bool) -> Result<Outcome, Silence> {
    let body: Body = serde_json::from_slice(body).map_err(|_| Silence::Body)?;
    match body.header.and_then(|it| it.statut) {
        None | Some(200) => {}
        Some(404) => return Ok(Outcome::NotFound),
        Some(403) => return Err(Silence::Undisclosed),
        Some(status) => return Err(Silence::Status(status)),
    }
    // One establishment, another one, and no redirect: not INSEE's way to tell of a duplicate.
    let is_plural = body.etablissements.is_some();
    let may_be_duplicate = redirected || is_plural;
    let mut others = Vec::new();
    for establishment in body
        .etablissement
        .into_iter()
        .chain(body.etablissements.unwrap_or_default())
    {
        match establishment
            .siret
            .as_deref()
            .and_then(|it| Siret::parse(it).ok())
        {
            Some(siret) if siret == *asked => return establishment.outcome(),
            Some(siret) => others.push((siret, establishment)),
            None => {}
        }
    }
    if others.is_empty() || !may_be_duplicate {
        return Err(Silence::Body);
    }
    Ok(Outcome::Closed {
        closed_on: None,
        successor: match &others[..] {
            // INSEE itself leads from the one to the other.
            [(siret, only)] if !is_plural => only.is_open().then(|| siret.clone()),
            others => successor_of_duplicate(asked, others),
        },
    })
}

/// Which establishment stands for one of a unit that was registered twice: the one with the same number within the
/// unit (NIC), else the head office, and nobody where neither is open; never just any branch. For the person to confirm.
fn successor_of_duplicate(asked: &Siret, others: &[(Siret, Establishment)]) -> Option<Siret> {
    let open = || others.iter().filter(|(_, it)| it.is_open());
    let same = open().find(|(siret, _)| siret.nic() == asked.nic());
    let head = || open().find(|(_, it)| it.etablissement_siege == Some(true));
    same.or_else(head).map(|(siret, _)| siret.clone())
}

/// Whether a 404 is INSEE's own word: its JSON. No content, a page of HTML, and JSON of another form are what a wrong
/// address or a gateway answers that did not find INSEE.
pub fn says_not_found(body: &[u8]) -> bool {
    status_of(body) == Some(404)
}

/// Whether a 403 is INSEE's own word about a unit, rather than a gateway's about us.
pub fn says_undisclosed(body: &[u8]) -> bool {
    status_of(body) == Some(403)
}

fn status_of(body: &[u8]) -> Option<u16> {
    serde_json::from_slice::<Body>(body).ok()?.header?.statut
}

/// The latest successor in an answer about successions.
pub fn successor(body: &[u8], asked: &Siret) -> Option<Siret> {
    let mut links = serde_json::from_slice::<Successions>(body)
        .ok()?
        .liens_succession?;
    links.sort_by(|a, b| b.date_lien_succession.cmp(&a.date_lien_succession));
    let siret = links
        .into_iter()
        .find_map(|it| Siret::parse(it.siret_etablissement_successeur.as_deref()?).ok());
    siret.filter(|it| it != asked)
}

impl Establishment {
    fn is_open(&self) -> bool {
        matches!(self.outcome(), Ok(Outcome::Active { .. }))
    }

    fn outcome(&self) -> Result<Outcome, Silence> {
        let mut periods: Vec<&Period> = self.periodes_etablissement.iter().flatten().collect();
        // INSEE lists the newest first; dates in ISO form sort as text, so nothing rests on that.
        periods.sort_by(|a, b| b.date_debut.cmp(&a.date_debut));
        let newest = periods
            .first()
            .and_then(|it| it.etat_administratif_etablissement.as_deref());
        let ceased = self
            .unite_legale
            .as_ref()
            .and_then(|it| it.etat_administratif_unite_legale.as_deref())
            == Some("C");
        match newest.or(self.etat_administratif_etablissement.as_deref()) {
            Some("A") if ceased => Ok(Outcome::Closed {
                closed_on: None,
                successor: None,
            }),
            Some("A") => Ok(Outcome::Active {
                suggested: Vec::new(),
            }),
            Some("F") => Ok(Outcome::Closed {
                closed_on: closed_on(&periods),
                successor: None,
            }),
            _ => Err(Silence::Body),
        }
    }
}

/// The beginning of the unbroken run of closed periods that ends today: later periods may differ in other things.
fn closed_on(newest_first: &[&Period]) -> Option<NaiveDate> {
    let closed = newest_first
        .iter()
        .take_while(|it| it.etat_administratif_etablissement.as_deref() == Some("F"));
    closed
        .last()?
        .date_debut
        .as_deref()?
        .parse()
        .ok()
        .filter(is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn siret(text: &str) -> Siret {
        Siret::parse(text).unwrap()
    }

    fn told(json: &str) -> Result<Outcome, Silence> {
        read(json.as_bytes(), &siret("00000030700017"), false)
    }

    fn closed(date: Option<(i32, u32, u32)>, successor: Option<&str>) -> Result<Outcome, Silence> {
        let closed_on = date.and_then(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d));
        Ok(Outcome::Closed {
            closed_on,
            successor: successor.map(siret),
        })
    }

    const ACTIVE: Result<Outcome, Silence> = Ok(Outcome::Active {
        suggested: Vec::new(),
    });

    #[test]
    fn the_newest_period_tells_the_state() {
        assert_eq!(
            told(
                r#"{"header":{"statut":200},"etablissement":{"siret":"00000030700017","statutDiffusionEtablissement":"P",
            "uniteLegale":{"etatAdministratifUniteLegale":"A","nomUniteLegale":"[ND]"},
            "periodesEtablissement":[{"dateFin":null,"dateDebut":"2023-03-13","etatAdministratifEtablissement":"A"}]}}"#
            ),
            ACTIVE
        );
    }

    #[test]
    fn the_closing_date_is_the_first_of_the_last_closed_periods() {
        assert_eq!(
            told(
                r#"{"etablissement":{"siret":"00000030700017","periodesEtablissement":[
            {"dateDebut":"2008-01-01","etatAdministratifEtablissement":"A"},
            {"dateDebut":"2025-02-01","etatAdministratifEtablissement":"F"},
            {"dateDebut":"2024-07-01","etatAdministratifEtablissement":"F"}]}}"#
            ),
            closed(Some((2024, 7, 1)), None)
        );
        assert_eq!(
            told(
                r#"{"etablissement":{"siret":"00000030700017","periodesEtablissement":[
            {"dateDebut":"1900-01-01","etatAdministratifEtablissement":"F"}]}}"#
            ),
            closed(None, None)
        );
    }

    #[test]
    fn a_ceased_legal_unit_closes_its_establishments() {
        assert_eq!(
            told(
                r#"{"etablissement":{"siret":"00000030700017","uniteLegale":{"etatAdministratifUniteLegale":"C"},
            "periodesEtablissement":[{"dateDebut":"2008-01-01","etatAdministratifEtablissement":"A"}]}}"#
            ),
            closed(None, None)
        );
    }

    #[test]
    fn a_duplicate_leads_to_its_own_number_in_the_other_unit_else_to_the_head_office_else_nowhere() {
        let of = |siret: &str, head: bool, state: &str| {
            format!(
                r#"{{"siret":"{siret}","etablissementSiege":{head},"periodesEtablissement":[
                {{"dateDebut":"2021-01-27","etatAdministratifEtablissement":"{state}"}}]}}"#
            )
        };
        let plural = |all: &[String]| told(&format!(r#"{{"etablissements":[{}]}}"#, all.join(",")));
        let branch = of("00000040600041", false, "A");
        let head = of("00000040600025", true, "A");
        assert_eq!(
            plural(&[branch.clone(), head.clone(), of("00000040600017", false, "A")]),
            closed(None, Some("00000040600017"))
        );
        let its_own_is_closed = of("00000040600017", false, "F");
        assert_eq!(
            plural(&[branch.clone(), its_own_is_closed.clone(), head]),
            closed(None, Some("00000040600025"))
        );
        assert_eq!(
            plural(&[branch.clone(), its_own_is_closed, branch.clone()]),
            closed(None, None)
        );
        assert_eq!(
            plural(std::slice::from_ref(&branch)),
            closed(None, None),
            "just any branch"
        );
        assert_eq!(
            plural(&[branch, of("00000030700017", true, "A")]),
            ACTIVE,
            "itself"
        );
    }

    #[test]
    fn another_establishment_alone_is_an_answer_only_behind_a_redirect() {
        let other = r#"{"etablissement":{"siret":"00000040600017","etatAdministratifEtablissement":"A"}}"#;
        assert_eq!(told(other), Err(Silence::Body));
        assert_eq!(
            read(other.as_bytes(), &siret("00000030700017"), true),
            closed(None, Some("00000040600017"))
        );
    }

    #[test]
    fn whatever_is_no_answer_is_silence() {
        for body in [
            "",
            "{}",
            "[]",
            "null",
            "<html></html>",
            r#"{"etablissement":null}"#,
            r#"{"etablissement":{"siret":"00000030700017"}}"#,
            r#"{"etablissement":{"siret":12}}"#,
            r#"{"etablissement":{"siret":"00000030700017","etatAdm"#,
        ] {
            assert_eq!(told(body), Err(Silence::Body), "{body}");
        }
        assert_eq!(told(r#"{"header":{"statut":503}}"#), Err(Silence::Status(503)));
        assert_eq!(told(r#"{"header":{"statut":404}}"#), Ok(Outcome::NotFound));
    }

    #[test]
    fn only_inseees_own_404_counts() {
        assert!(says_not_found(br#"{"header":{"statut":404,"message":"x"}}"#));
        for gateway in [
            "",
            "{}",
            " ",
            "<html>Not Found</html>",
            r#"{"message":"no Route matched with those values"}"#,
            r#"{"header":{"statut":500}}"#,
        ] {
            assert!(!says_not_found(gateway.as_bytes()), "{gateway}");
        }
        assert!(says_undisclosed(br#"{"header":{"statut":403,"message":"x"}}"#));
        assert!(!says_undisclosed(b"<html>Forbidden</html>") && !says_undisclosed(b""));
    }

    #[test]
    fn the_latest_successor_is_taken() {
        let body = br#"{"liensSuccession":[
            {"siretEtablissementSuccesseur":"00000031500010","dateLienSuccession":"2010-01-01"},
            {"siretEtablissementSuccesseur":"00000040600017","dateLienSuccession":"2024-07-01"}]}"#;
        assert_eq!(
            successor(body, &siret("00000030700017")),
            Some(siret("00000040600017"))
        );
        assert_eq!(successor(b"{}", &siret("00000030700017")), None);
    }
}
