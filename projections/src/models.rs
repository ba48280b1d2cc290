//! The models by name, with the tables that each one owns: what `projections rebuild` and `verify` go through.

/// A table of a model. Its name is the same in both schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// The table.
    pub name: &'static str,
    /// The columns of its primary key.
    pub key: &'static [&'static str],
}

/// A read model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// The name, as on the command line.
    pub name: &'static str,
    /// Its tables.
    pub tables: &'static [Table],
}

/// Every read model.
pub const MODELS: [Model; 3] = [
    Model {
        name: "registrations",
        tables: &[Table {
            name: "registrations",
            key: &["registration_id"],
        }],
    },
    Model {
        name: "people",
        tables: &[
            Table {
                name: "people",
                key: &["registration_id"],
            },
            Table {
                name: "people_establishments",
                key: &["registration_id", "siret"],
            },
        ],
    },
    Model {
        name: "funnel",
        tables: &[Table {
            name: "funnel",
            key: &["day", "journey", "step"],
        }],
    },
];

impl Model {
    /// The model of this name.
    pub fn named(name: &str) -> Option<&'static Model> {
        MODELS.iter().find(|model| model.name == name)
    }
}
