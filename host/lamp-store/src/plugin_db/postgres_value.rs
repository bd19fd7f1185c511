//! Values between plugins and PostgreSQL's binary form. The server says which type each parameter and column has.

use super::{Bounds, Rows, SqlValue};
use crate::error::{StoreError, StoreResult};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgRow, PgTypeInfo, PgValueFormat, PgValueRef};
use sqlx::{Arguments as _, Column as _, Encode, Postgres, Row as _, Type, TypeInfo as _, ValueRef as _};

/// The types that a plugin's values can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Integer(usize),
    Bool,
    Real(usize),
    Text,
    Jsonb,
    Blob,
    Numeric,
}

fn shape(info: &PgTypeInfo) -> Option<Shape> {
    Some(match info.name() {
        "INT8" => Shape::Integer(8),
        "INT4" => Shape::Integer(4),
        "INT2" => Shape::Integer(2),
        "BOOL" => Shape::Bool,
        "FLOAT8" => Shape::Real(8),
        "FLOAT4" => Shape::Real(4),
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "UNKNOWN" | "JSON" => Shape::Text,
        "JSONB" => Shape::Jsonb,
        "BYTEA" => Shape::Blob,
        "NUMERIC" => Shape::Numeric,
        _ => return None,
    })
}

/// A parameter already in the form of its type.
struct Wire {
    info: PgTypeInfo,
    bytes: Option<Vec<u8>>,
}

impl Type<Postgres> for Wire {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("text")
    }
}

impl Encode<'_, Postgres> for Wire {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Ok(match &self.bytes {
            None => IsNull::Yes,
            Some(bytes) => {
                buffer.extend_from_slice(bytes);
                IsNull::No
            }
        })
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.info.clone())
    }
}

/// The parameters in the types the server expects. `Invalid` names the one that does not fit.
pub(super) fn arguments(types: &[PgTypeInfo], values: &[SqlValue]) -> StoreResult<PgArguments> {
    if types.len() != values.len() {
        let (given, wanted) = (values.len(), types.len());
        return Err(StoreError::Invalid(format!("the statement has {wanted} parameters, {given} are given")));
    }
    let mut arguments = PgArguments::default();
    for (index, (info, value)) in types.iter().zip(values).enumerate() {
        let fault = |why: String| StoreError::Invalid(format!("parameter ${}: {why}", index + 1));
        let bytes = encode(info, value).map_err(fault)?;
        let wire = Wire { info: info.clone(), bytes };
        arguments.add(wire).map_err(|error| fault(error.to_string()))?;
    }
    Ok(arguments)
}

fn encode(info: &PgTypeInfo, value: &SqlValue) -> Result<Option<Vec<u8>>, String> {
    if *value == SqlValue::Null {
        return Ok(None);
    }
    let name = info.name();
    let Some(shape) = shape(info) else {
        return Err(format!("type {name} is not supported; cast it, for example `$1::text`"));
    };
    let range = |_| format!("the number does not fit into {name}");
    Ok(Some(match (shape, value) {
        (Shape::Integer(8), SqlValue::Integer(number)) => number.to_be_bytes().to_vec(),
        (Shape::Integer(4), SqlValue::Integer(number)) => i32::try_from(*number).map_err(range)?.to_be_bytes().to_vec(),
        (Shape::Integer(_), SqlValue::Integer(number)) => i16::try_from(*number).map_err(range)?.to_be_bytes().to_vec(),
        (Shape::Bool, SqlValue::Integer(number @ (0 | 1))) => vec![u8::from(*number == 1)],
        (Shape::Real(size), SqlValue::Real(number)) => real(size, *number),
        // An integer given for a real column is rounded, as SQL does.
        (Shape::Real(size), SqlValue::Integer(number)) => real(size, *number as f64),
        (Shape::Text, SqlValue::Text(text)) => text.clone().into_bytes(),
        (Shape::Jsonb, SqlValue::Text(text)) => [&[1], text.as_bytes()].concat(),
        (Shape::Blob, SqlValue::Blob(bytes)) => bytes.clone(),
        (Shape::Numeric, SqlValue::Integer(number)) => numeric_bytes(*number),
        _ => return Err(format!("the statement wants {name}; cast the parameter, for example `$1::bigint`")),
    }))
}

/// A column of four bytes keeps fewer digits by its nature.
fn real(size: usize, number: f64) -> Vec<u8> {
    if size == 8 { number.to_be_bytes().to_vec() } else { (number as f32).to_be_bytes().to_vec() }
}

/// PostgreSQL's numeric: count of base-10,000 digits, weight of the first, sign, digits after the point, digits.
fn numeric_bytes(number: i64) -> Vec<u8> {
    let mut digits = Vec::new();
    let mut rest = number.unsigned_abs();
    while rest > 0 {
        digits.push(u16::try_from(rest % 10_000).unwrap_or(0));
        rest /= 10_000;
    }
    let count = u16::try_from(digits.len()).unwrap_or(0);
    let sign: u16 = if number < 0 { 0x4000 } else { 0 };
    let head = [count, count.saturating_sub(1), sign, 0];
    head.into_iter().chain(digits.into_iter().rev()).flat_map(u16::to_be_bytes).collect()
}

/// Turns rows into values.
pub(super) struct Reader {
    rows: Rows,
    shapes: Vec<Shape>,
    bytes: usize,
    bounds: Bounds,
}

impl Reader {
    /// For columns with these names and types. `Invalid` names a column whose type must be cast.
    pub(super) fn new(columns: &[sqlx::postgres::PgColumn], bounds: Bounds) -> StoreResult<Self> {
        let unsupported = |column: &sqlx::postgres::PgColumn| {
            let text = format!("column `{}` has type {}; cast it to text", column.name(), column.type_info().name());
            StoreError::Invalid(text)
        };
        let shapes: StoreResult<Vec<Shape>> =
            columns.iter().map(|column| shape(column.type_info()).ok_or_else(|| unsupported(column))).collect();
        let columns = columns.iter().map(|column| column.name().to_owned()).collect();
        Ok(Self { rows: Rows { columns, rows: Vec::new() }, shapes: shapes?, bytes: 0, bounds })
    }

    /// Takes one row.
    pub(super) fn push(&mut self, row: &PgRow) -> StoreResult<()> {
        let mut values = Vec::with_capacity(self.shapes.len());
        for (index, shape) in self.shapes.iter().enumerate() {
            let value = decode(*shape, &row.try_get_raw(index)?)?;
            self.bytes += value.bytes();
            values.push(value);
        }
        self.rows.rows.push(values);
        self.bounds.check(self.rows.rows.len(), self.bytes)
    }

    /// All rows taken.
    pub(super) fn finish(self) -> Rows {
        self.rows
    }
}

fn decode(shape: Shape, value: &PgValueRef<'_>) -> StoreResult<SqlValue> {
    if value.is_null() {
        return Ok(SqlValue::Null);
    }
    let fault = || StoreError::Database("PostgreSQL sent a value in an unexpected form".to_owned());
    if value.format() != PgValueFormat::Binary {
        return Err(fault());
    }
    let bytes = value.as_bytes().map_err(|_| fault())?;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map(SqlValue::Text).map_err(|_| fault());
    match shape {
        Shape::Integer(_) => integer(bytes).map(SqlValue::Integer).ok_or_else(fault),
        Shape::Bool => Ok(SqlValue::Integer(i64::from(bytes == [1]))),
        Shape::Real(_) => match *bytes {
            [a, b, c, d] => Ok(SqlValue::Real(f64::from(f32::from_be_bytes([a, b, c, d])))),
            [a, b, c, d, e, f, g, h] => Ok(SqlValue::Real(f64::from_be_bytes([a, b, c, d, e, f, g, h]))),
            _ => Err(fault()),
        },
        Shape::Text => text(bytes),
        Shape::Jsonb => text(bytes.get(1..).ok_or_else(fault)?),
        Shape::Blob => Ok(SqlValue::Blob(bytes.to_vec())),
        Shape::Numeric => numeric(bytes).ok_or_else(fault),
    }
}

fn integer(bytes: &[u8]) -> Option<i64> {
    Some(match *bytes {
        [a, b] => i64::from(i16::from_be_bytes([a, b])),
        [a, b, c, d] => i64::from(i32::from_be_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => i64::from_be_bytes([a, b, c, d, e, f, g, h]),
        _ => return None,
    })
}

/// A numeric without digits after the point is an integer if it fits (`sum` of integers), anything else a real.
fn numeric(bytes: &[u8]) -> Option<SqlValue> {
    let words: Vec<u16> = bytes.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    let [_, weight, sign, scale, digits @ ..] = words.as_slice() else { return None };
    match *sign {
        0 | 0x4000 => {}
        0xd000 => return Some(SqlValue::Real(f64::INFINITY)),
        0xf000 => return Some(SqlValue::Real(f64::NEG_INFINITY)),
        _ => return Some(SqlValue::Real(f64::NAN)),
    }
    let weight = i32::from(i16::from_be_bytes(weight.to_be_bytes()));
    let whole_words = usize::try_from(weight + 1).unwrap_or(0);
    let sign = if *sign == 0 { 1 } else { -1 };
    if *scale == 0 && digits.len() <= whole_words && whole_words <= 5 {
        let padded = digits.iter().copied().chain(std::iter::repeat(0)).take(whole_words);
        let number = padded.fold(0_i128, |sum, digit| sum * 10_000 + i128::from(digit)) * sign;
        if let Ok(number) = i64::try_from(number) {
            return Some(SqlValue::Integer(number));
        }
    }
    let scaled = digits.iter().rev().fold(0.0, |sum, digit| sum / 10_000.0 + f64::from(*digit));
    Some(SqlValue::Real(scaled * 10_000_f64.powi(weight) * f64::from(i8::try_from(sign).unwrap_or(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_survive_the_numeric_form() {
        for number in [0, 1, -1, 9_999, 10_000, -10_001, 100_000_000, i64::MAX, i64::MIN] {
            assert_eq!(numeric(&numeric_bytes(number)), Some(SqlValue::Integer(number)), "{number}");
        }
    }

    #[test]
    fn fractions_become_reals() {
        let words = |words: [u16; 6]| words.into_iter().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        assert_eq!(numeric(&words([2, 0, 0, 2, 12, 5_000])), Some(SqlValue::Real(12.5)));
        assert_eq!(numeric(&words([2, 0, 0x4000, 2, 12, 5_000])), Some(SqlValue::Real(-12.5)));
        assert_eq!(numeric(&[0; 3]), None);
    }
}
