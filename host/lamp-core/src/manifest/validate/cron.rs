//! Syntax of cron expressions with five fields: minute, hour, day of month, month, day of week. Only what every cron
//! reads is allowed: numbers, names of months and days, `*`, lists, ranges and steps.

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// One of the five fields.
struct Field {
    title: &'static str,
    least: u32,
    most: u32,
    /// Names that stand for `least`, `least + 1`, ...
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { title: "minute", least: 0, most: 59, names: &[] },
    Field { title: "hour", least: 0, most: 23, names: &[] },
    Field { title: "day of month", least: 1, most: 31, names: &[] },
    Field { title: "month", least: 1, most: 12, names: &MONTHS },
    Field { title: "day of week", least: 0, most: 7, names: &DAYS },
];

/// Whether the expression is one. Errors: which field is wrong and what it may hold.
pub(super) fn check(expression: &str) -> Result<(), String> {
    let parts: Vec<&str> = expression.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        return Err(format!(
            "`{expression}` has {} fields: write minute, hour, day of month, month, day of week, for example `30 4 * * 1-5`",
            parts.len()
        ));
    }
    for (field, part) in FIELDS.iter().zip(parts) {
        if !part.split(',').all(|item| field.takes(item)) {
            return Err(format!(
                "`{part}` is no {}: {} to {}, `*`, `a-b`, `a,b` or `*/n`",
                field.title, field.least, field.most
            ));
        }
    }
    Ok(())
}

impl Field {
    /// One item of a list: `*`, `n`, `a-b`, the first and the last with `/step`.
    fn takes(&self, item: &str) -> bool {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (item, None),
        };
        let steps = step.is_none_or(|step| number(step).is_some_and(|step| (1..=self.most).contains(&step)));
        let range = match range.split_once('-') {
            Some((from, to)) => self.value(from).zip(self.value(to)).is_some_and(|(from, to)| from <= to),
            None => range == "*" || (step.is_none() && self.value(range).is_some()),
        };
        steps && range
    }

    fn value(&self, text: &str) -> Option<u32> {
        let lower = text.to_ascii_lowercase();
        let named = self.names.iter().zip(self.least..).find(|(name, _)| **name == lower).map(|(_, value)| value);
        named.or_else(|| number(text)).filter(|value| (self.least..=self.most).contains(value))
    }
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.len() <= 2 && text.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn takes_what_every_cron_takes() {
        for good in ["* * * * *", "0 4 * * *", "*/15 0-6,22 1 jan-mar MON-FRI", "0-30/5 * * * 7", "5,10 * 31 12 0"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for bad in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 8",
            "5/2 * * * *",
            "*/0 * * * *",
            "6-2 * * * *",
            "-1 * * * *",
            "1, * * * *",
            "@daily",
            "* * * foo *",
            "* * L * *",
            "+1 * * * *",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
