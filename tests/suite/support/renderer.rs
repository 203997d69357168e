//! Pictures of the window on the CPU: no GPU, no display, the same pixels on every machine.

use std::collections::HashMap;

use egui::epaint::{ClippedPrimitive, ImageDelta, Mesh, Primitive, Vertex};
use egui::{Color32, ColorImage, Pos2, Rect, TextureId, TexturesDelta, pos2};
use egui_kittest::TestRenderer;
use image::{Rgba, RgbaImage};

/// Fills the triangles of egui's meshes, with bilinear textures and premultiplied blending in gamma space, as the
/// window's own shaders do.
#[derive(Default)]
pub(crate) struct CpuRenderer {
    textures: HashMap<TextureId, ColorImage>,
}

impl TestRenderer for CpuRenderer {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut set: Vec<_> = delta.set.drain().collect();
        set.sort_by_key(|(id, _)| format!("{id:?}"));
        for (id, deltas) in set {
            for delta in deltas {
                self.set(id, &delta);
            }
        }
        let freed: Vec<TextureId> = delta.free.drain().collect();
        self.textures.retain(|id, _| !freed.contains(id));
    }

    fn render(&mut self, ctx: &egui::Context, output: &egui::FullOutput) -> Result<RgbaImage, String> {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let mut picture =
            RgbaImage::from_pixel(size.x.round() as u32, size.y.round() as u32, Rgba([0, 0, 0, 255]));
        for ClippedPrimitive { clip_rect, primitive } in ctx.tessellate(output.shapes.clone(), scale) {
            if let Primitive::Mesh(mesh) = primitive {
                let clip =
                    Rect::from_min_max((clip_rect.min * scale).round(), (clip_rect.max * scale).round());
                self.fill(&mut picture, &mesh, clip, scale);
            }
        }
        Ok(picture)
    }
}

impl CpuRenderer {
    fn set(&mut self, id: TextureId, delta: &ImageDelta) {
        let egui::ImageData::Color(new) = &delta.image;
        match delta.pos {
            None => {
                self.textures.insert(id, (**new).clone());
            }
            Some([left, top]) => {
                let old = self.textures.get_mut(&id).expect("a patch of a known texture");
                for row in 0..new.height() {
                    let to = (top + row) * old.width() + left;
                    let from = row * new.width();
                    old.pixels[to..to + new.width()].copy_from_slice(&new.pixels[from..from + new.width()]);
                }
            }
        }
    }

    fn fill(&self, picture: &mut RgbaImage, mesh: &Mesh, clip: Rect, scale: f32) {
        let texture = self.textures.get(&mesh.texture_id).expect("the texture was set");
        for [a, b, c] in mesh.triangles() {
            let corners = [a, b, c].map(|i| {
                let vertex = mesh.vertices[i as usize];
                Vertex { pos: vertex.pos * scale, ..vertex }
            });
            triangle(picture, corners, texture, clip);
        }
    }
}

/// Twice the area of a triangle, positive when its corners turn clockwise on the screen.
fn area(a: Pos2, b: Pos2, c: Pos2) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

fn triangle(picture: &mut RgbaImage, mut corners: [Vertex; 3], texture: &ColorImage, clip: Rect) {
    let mut whole = area(corners[0].pos, corners[1].pos, corners[2].pos);
    if whole < 0.0 {
        corners.swap(1, 2);
        whole = -whole;
    }
    if whole == 0.0 {
        return;
    }
    let [a, b, c] = corners;
    let bounds = Rect::from_points(&[a.pos, b.pos, c.pos]).intersect(clip);
    let (width, height) = picture.dimensions();
    for y in bounds.top().floor().max(0.0) as u32..(bounds.bottom().ceil().max(0.0) as u32).min(height) {
        for x in bounds.left().floor().max(0.0) as u32..(bounds.right().ceil().max(0.0) as u32).min(width) {
            let at = pos2(x as f32 + 0.5, y as f32 + 0.5);
            let covered = [(b, c), (c, a), (a, b)].iter().all(|(from, to)| inside(from.pos, to.pos, at));
            if !covered || !clip.contains(at) {
                continue;
            }
            let weights =
                [area(b.pos, c.pos, at), area(c.pos, a.pos, at), area(a.pos, b.pos, at)].map(|w| w / whole);
            let mut uv = [0.0; 2];
            let mut colour = [0.0; 4];
            for (corner, weight) in corners.iter().zip(weights) {
                uv[0] += corner.uv.x * weight;
                uv[1] += corner.uv.y * weight;
                for (sum, channel) in colour.iter_mut().zip(corner.color.to_array()) {
                    *sum += f32::from(channel) * weight;
                }
            }
            let texel = sample(texture, uv);
            let source: [f32; 4] = std::array::from_fn(|i| colour[i] * texel[i] / 255.0);
            let Rgba(pixel) = picture.get_pixel_mut(x, y);
            for (below, above) in pixel.iter_mut().zip(source) {
                *below =
                    (above + f32::from(*below) * (1.0 - source[3] / 255.0)).round().clamp(0.0, 255.0) as u8;
            }
        }
    }
}

/// Whether a point lies on the inner side of an edge; one on the edge belongs to the triangle below or right of it, so
/// that two triangles that share an edge fill each pixel once.
fn inside(from: Pos2, to: Pos2, at: Pos2) -> bool {
    let side = area(from, to, at);
    let top_or_left = (from.y == to.y && to.x > from.x) || to.y < from.y;
    side > 0.0 || (side == 0.0 && top_or_left)
}

fn sample(texture: &ColorImage, [u, v]: [f32; 2]) -> [f32; 4] {
    let x = u * texture.width() as f32 - 0.5;
    let y = v * texture.height() as f32 - 0.5;
    let texel = |x: f32, y: f32| -> Color32 {
        let column = x.clamp(0.0, texture.width() as f32 - 1.0) as usize;
        let row = y.clamp(0.0, texture.height() as f32 - 1.0) as usize;
        texture.pixels[row * texture.width() + column]
    };
    let (left, top) = (x.floor(), y.floor());
    let (dx, dy) = (x - left, y - top);
    let mut sum = [0.0; 4];
    for (column, row, weight) in [
        (left, top, (1.0 - dx) * (1.0 - dy)),
        (left + 1.0, top, dx * (1.0 - dy)),
        (left, top + 1.0, (1.0 - dx) * dy),
        (left + 1.0, top + 1.0, dx * dy),
    ] {
        for (total, channel) in sum.iter_mut().zip(texel(column, row).to_array()) {
            *total += f32::from(channel) * weight;
        }
    }
    sum
}
