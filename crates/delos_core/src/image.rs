//! Camera images.

use crate::{Body, CoreError, DigestHasher, ImageSize};

/// An image of 8-bit RGB pixels, `[H, W, 3]`, rows from the top, no padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    size: ImageSize,
    data: Vec<u8>,
}

impl Image {
    /// Takes `[height, width, 3]` RGB bytes.
    ///
    /// # Errors
    /// [`CoreError::ImageLength`] when the number of bytes is not `width * height * 3`.
    pub fn from_rgb(width: u32, height: u32, data: Vec<u8>) -> Result<Self, CoreError> {
        let wanted = width as usize * height as usize * 3;
        if data.len() == wanted && wanted > 0 {
            Ok(Self { size: ImageSize { width, height }, data })
        } else {
            Err(CoreError::ImageLength { width, height, wanted, got: data.len() })
        }
    }

    /// Columns.
    pub const fn width(&self) -> u32 {
        self.size.width
    }

    /// Rows.
    pub const fn height(&self) -> u32 {
        self.size.height
    }

    /// Columns and rows.
    pub const fn size(&self) -> ImageSize {
        self.size
    }

    /// The bytes, `[H, W, 3]` RGB.
    pub fn rgb(&self) -> &[u8] {
        &self.data
    }
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{} RGB", self.width(), self.height())
    }
}

impl Body for Image {
    const NAME: &'static str = "image";
    fn digest(&self, hasher: &mut DigestHasher) {
        hasher.u32(self.width()).u32(self.height()).bytes(&self.data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_must_match() {
        assert!(Image::from_rgb(2, 2, vec![0; 12]).is_ok());
        assert!(Image::from_rgb(2, 2, vec![0; 11]).is_err());
        assert!(Image::from_rgb(0, 2, vec![]).is_err());
    }
}
