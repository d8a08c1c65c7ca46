//! The colour of links and marks on pages.

use std::{fmt, str::FromStr};

/// The least contrast between text and its background (WCAG 2.2, 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;
/// The backgrounds of pages: light, and the lightest of dark pages.
const LIGHT: Color = Color([0xf4, 0xf6, 0xf9]);
const DARK: Color = Color([0x1b, 0x21, 0x2b]);

/// The accent colour of pages, which is readable on light pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent(Color);

/// A colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

impl Default for Accent {
    fn default() -> Self {
        Accent(Color([0x1d, 0x56, 0xb3]))
    }
}

impl Accent {
    /// Whether this is the colour without a configuration.
    pub(super) fn is_default(&self) -> bool {
        *self == Accent::default()
    }

    /// The colour on light pages.
    pub fn on_light(self) -> Color {
        self.0
    }

    /// The colour on dark pages: as much lighter as it must be to be readable.
    pub fn on_dark(self) -> Color {
        self.0.towards(0xff, DARK)
    }
}

impl Color {
    /// The relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(self, other: Color) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The nearest colour on the way to black or white that is readable on a background.
    fn towards(self, end: u8, background: Color) -> Color {
        (0..=100_u32)
            .map(|percent| Color(self.0.map(|channel| mixed(channel, end, percent))))
            .find(|color| color.contrast(background) >= LEAST_CONTRAST)
            .unwrap_or(Color([end; 3]))
    }
}

/// A channel with this share of another value, in percent.
fn mixed(channel: u8, end: u8, percent: u32) -> u8 {
    let sum = u32::from(channel) * (100 - percent) + u32::from(end) * percent;
    u8::try_from(sum / 100).unwrap_or(u8::MAX)
}

impl FromStr for Accent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let number = number.ok_or_else(|| format!("{text:?} is not a colour: write one such as \"#1d56b3\""))?;
        let [_, red, green, blue] = number.to_be_bytes();
        let color = Color([red, green, blue]);
        let contrast = color.contrast(LIGHT);
        if contrast < LEAST_CONTRAST {
            let darker = color.towards(0, LIGHT);
            return Err(format!(
                "{text} is too light for text: its contrast is {contrast:.1}, and {LEAST_CONTRAST} is needed; {darker} is the nearest that can be read"
            ));
        }
        Ok(Accent(color))
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accent_is_readable_on_light_and_dark_pages() {
        for text in ["#1d56b3", "#000000", "#7a0019", "#005f56", "#5b2bbf"] {
            let accent: Accent = text.parse().expect("a colour");
            assert!(accent.on_light().contrast(LIGHT) >= LEAST_CONTRAST, "{text}");
            assert!(accent.on_dark().contrast(DARK) >= LEAST_CONTRAST, "{text}");
        }
    }

    #[test]
    fn a_light_accent_is_refused_with_the_nearest_dark_one() {
        for (text, words) in [("#ffcc00", "too light"), ("#fff", "not a colour"), ("red", "not a colour")] {
            let error = text.parse::<Accent>().expect_err(text);
            assert!(error.contains(words), "{error}");
        }
    }
}
