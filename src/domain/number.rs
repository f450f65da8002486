//! Numbers for people.

/// A number with a comma before each three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_written_in_groups_of_three_digits() {
        let numbers = [0, 999, 1_000, 112_001, 2_000_000_000].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "112,001", "2,000,000,000"]);
    }
}
