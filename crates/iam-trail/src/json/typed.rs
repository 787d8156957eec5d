//! Typed values at a place in a text.

use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::cursor::{Cursor, Stop};
use super::raw;

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not read")
    }
}

impl std::error::Error for Stop {}

impl de::Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl Cursor<'_> {
    /// A text with its escapes resolved.
    #[cold]
    fn resolved(&mut self) -> Result<String, Stop> {
        serde_json::from_str(self.quoted()?).map_err(|_| Stop)
    }

    /// Reads what is behind an opening bracket.
    #[inline]
    fn within<T>(&mut self, open: u8, read: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Result<T, Stop> {
        self.expect(open)?;
        self.room = self.room.checked_sub(1).ok_or(Stop)?;
        let value = read(self)?;
        self.room = self.room.wrapping_add(1);
        Ok(value)
    }

    /// Whether another value or member comes. Otherwise the closing bracket was read.
    #[inline]
    fn has_next(&mut self, is_first: &mut bool, close: u8) -> Result<bool, Stop> {
        match self.peek()? {
            byte if byte == close => {
                self.step();
                return Ok(false);
            }
            b',' if !*is_first => self.step(),
            _ if *is_first => *is_first = false,
            _ => return Err(Stop),
        }
        Ok(true)
    }
}

impl<'de> Deserializer<'de> for &mut Cursor<'de> {
    type Error = Stop;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.peek()? {
            b'"' => self.deserialize_str(visitor),
            b't' => {
                self.word("true")?;
                visitor.visit_bool(true)
            }
            b'f' => {
                self.word("false")?;
                visitor.visit_bool(false)
            }
            _ => Err(Stop),
        }
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.text() {
            Some(text) => visitor.visit_borrowed_str(text),
            None => visitor.visit_string(self.resolved()?),
        }
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        if self.peek()? == b'n' {
            self.word("null")?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        if name == raw::NAME { visitor.visit_borrowed_str(self.skip()?) } else { Err(Stop) }
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.within(b'[', |cursor| visitor.visit_seq(Values { cursor, is_first: true }))
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.within(b'{', |cursor| visitor.visit_map(Members { cursor, is_first: true }))
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.skip()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char string bytes byte_buf unit unit_struct tuple
        tuple_struct map enum identifier
    }
}

/// The members of an object.
struct Members<'c, 'de> {
    cursor: &'c mut Cursor<'de>,
    is_first: bool,
}

impl Members<'_, '_> {
    #[inline]
    fn is_avoided(&self, name: &str) -> bool {
        // All of these begin with a capital, and hardly any other name does.
        name.as_bytes().first().is_some_and(u8::is_ascii_uppercase) && self.cursor.avoids(name)
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Stop;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Stop> {
        if !self.cursor.has_next(&mut self.is_first, b'}')? {
            return Ok(None);
        }
        let name = match self.cursor.text() {
            Some(name) if self.is_avoided(name) => return Err(Stop),
            Some(name) => seed.deserialize(BorrowedStrDeserializer::new(name)),
            None => seed.deserialize(StringDeserializer::new(self.cursor.resolved()?)),
        };
        name.map(Some)
    }

    #[inline]
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Stop> {
        self.cursor.expect(b':')?;
        seed.deserialize(&mut *self.cursor)
    }
}

/// The values of a list.
struct Values<'c, 'de> {
    cursor: &'c mut Cursor<'de>,
    is_first: bool,
}

impl<'de> SeqAccess<'de> for Values<'_, 'de> {
    type Error = Stop;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Stop> {
        if !self.cursor.has_next(&mut self.is_first, b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.cursor).map(Some)
    }
}
