//! Rows of either database, read by column name.

use crate::error::{StoreError, StoreResult};
use lamp_core::clock::UnixMs;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row as _, Type};

/// One row of a result.
pub enum Row {
    /// Of SQLite.
    Sqlite(SqliteRow),
    /// Of PostgreSQL.
    Postgres(PgRow),
}

impl std::fmt::Debug for Row {
    /// Values stay out of logs.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Row")
    }
}

impl Row {
    /// The value of a column: `i64`, `u64`, `u32`, `u8`, `bool` (0 and 1), `UnixMs`, `String`, `Vec<u8>`, an id, or an option of one.
    pub fn get<T: FromColumn>(&self, column: &'static str) -> StoreResult<T> {
        T::from_column(self, column)
    }

    fn driver<T>(&self, column: &'static str) -> StoreResult<T>
    where
        T: for<'row> Decode<'row, sqlx::Sqlite> + Type<sqlx::Sqlite>,
        T: for<'row> Decode<'row, sqlx::Postgres> + Type<sqlx::Postgres>,
    {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
        .map_err(|error| StoreError::damaged(column, error))
    }
}

/// A type a column can be read as.
pub trait FromColumn: Sized {
    /// Reads it; `Damaged` when the stored value does not fit.
    fn from_column(row: &Row, column: &'static str) -> StoreResult<Self>;
}

macro_rules! direct {
    ($($type:ty)*) => {$(
        impl FromColumn for $type {
            fn from_column(row: &Row, column: &'static str) -> StoreResult<Self> {
                row.driver(column)
            }
        }
    )*};
}

direct! { i64 String Vec<u8> Option<i64> Option<String> Option<Vec<u8>> }

/// Types made of a stored one by a function that may refuse.
macro_rules! derived {
    ($($type:ty, $stored:ty, $convert:expr;)*) => {$(
        impl FromColumn for $type {
            fn from_column(row: &Row, column: &'static str) -> StoreResult<Self> {
                let convert: fn($stored) -> Result<$type, String> = $convert;
                convert(row.driver(column)?).map_err(|detail| StoreError::damaged(column, detail))
            }
        }
        impl FromColumn for Option<$type> {
            fn from_column(row: &Row, column: &'static str) -> StoreResult<Self> {
                let convert: fn($stored) -> Result<$type, String> = $convert;
                let stored: Option<$stored> = row.driver(column)?;
                stored.map(convert).transpose().map_err(|detail| StoreError::damaged(column, detail))
            }
        }
    )*};
}

derived! {
    u64, i64, |value| u64::try_from(value).map_err(|error| error.to_string());
    u32, i64, |value| u32::try_from(value).map_err(|error| error.to_string());
    u8, i64, |value| u8::try_from(value).map_err(|error| error.to_string());
    bool, i64, |value| Ok(value != 0);
    UnixMs, i64, |value| Ok(UnixMs(value));
    lamp_core::id::PluginId, String, |text| lamp_core::id::PluginId::parse(&text).map_err(|error| error.to_string());
    lamp_core::id::JobId, String, |text| Ok(text.into());
    lamp_core::id::OperationId, String, |text| Ok(text.into());
    lamp_core::id::UserId, String, |text| Ok(text.into());
    lamp_core::id::SessionId, String, |text| Ok(text.into());
    lamp_core::id::ApiKeyId, String, |text| Ok(text.into());
    lamp_core::id::NoticeId, String, |text| Ok(text.into());
    lamp_core::id::ServerId, String, |text| Ok(text.into());
    lamp_core::id::RegistrationKeyId, String, |text| Ok(text.into());
    lamp_core::id::RequestId, String, |text| Ok(text.into());
}
