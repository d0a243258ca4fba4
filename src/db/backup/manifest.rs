//! What a backup says of itself.

use super::archive::{Archive, hex};
use super::tables::TableSum;
use super::{BackupError, archive};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The form of the archive. A program reads its own form only.
pub const FORMAT: u32 = 1;

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const MANIFEST_SUM: &str = "manifest.sha256";
pub(super) const DUMP: &str = "database.dump";
/// Before the names of journals.
pub(super) const JOURNALS: &str = "journals/";

/// Longest manifest, bytes: thousands of journals.
const MANIFEST_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// A part of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its name there.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256, in hex.
    pub sha256: String,
}

/// A journal that was on its way to the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// Where it lies.
    pub file: Member,
    /// Whole records in it. Some of them may be in the dump as well.
    pub records: u64,
}

/// The manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`] of the program that wrote it.
    pub format: u32,
    /// The program's version.
    pub version: String,
    /// When it was begun: everything that was written before is in it.
    pub began_at: DateTime<Utc>,
    /// When it was done.
    pub ended_at: DateTime<Utc>,
    /// Major version of the server.
    pub server: u32,
    /// Major version of the `pg_dump` that wrote the dump.
    pub pg_dump: u32,
    /// The migrations that the database had, in order.
    pub migrations: Vec<i64>,
    /// Every table with its rows and their checksum.
    pub tables: Vec<TableSum>,
    /// The dump, in `pg_dump`'s custom form.
    pub dump: Member,
    /// What was on its way.
    pub journals: Vec<Journal>,
}

/// The part of every manifest, of whatever form.
#[derive(Deserialize)]
struct Form {
    format: u32,
}

impl Manifest {
    /// Rows of all tables.
    #[must_use]
    pub fn rows(&self) -> i64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// Records of all journals.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.journals.iter().map(|journal| journal.records).sum()
    }

    /// Bytes of all parts.
    pub(super) fn bytes(&self) -> u64 {
        self.members().map(|member| member.bytes).sum()
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        std::iter::once(&self.dump).chain(self.journals.iter().map(|journal| &journal.file))
    }

    /// Adds it to an archive, with its own checksum beside it.
    pub(super) fn write(&self, writer: &mut archive::Writer) -> Result<(), BackupError> {
        let text = serde_json::to_vec_pretty(self).map_err(|error| BackupError::Io {
            path: MANIFEST.into(),
            what: "cannot be written",
            source: error.into(),
        })?;
        let sum = hex(&Sha256::digest(&text));
        writer.add(MANIFEST, &mut text.as_slice(), &|_| ())?;
        writer.add(MANIFEST_SUM, &mut sum.as_bytes(), &|_| ())?;
        Ok(())
    }

    /// Reads it. The form is looked at first: another one may have other rules.
    pub(super) fn read(archive: &Archive) -> Result<Self, BackupError> {
        let text = archive.text(MANIFEST, MANIFEST_BYTES_MAX)?;
        let unreadable = |error: serde_json::Error| archive.damaged(format!("{MANIFEST}: {error}"));
        let form: Form = serde_json::from_str(&text).map_err(unreadable)?;
        if form.format != FORMAT {
            return Err(BackupError::Foreign {
                path: archive.path.clone(),
                what: format!(
                    "the backup has form {}, and this program reads form {FORMAT}: use the \
                     program that made it",
                    form.format
                ),
            });
        }
        if archive.text(MANIFEST_SUM, 64)? != hex(&Sha256::digest(text.as_bytes())) {
            return Err(archive.damaged(format!("{MANIFEST} does not have its checksum")));
        }
        serde_json::from_str(&text).map_err(unreadable)
    }
}
