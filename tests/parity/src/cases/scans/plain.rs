//! The processor's pillars, grid and decoders around networks on the device.

use anyhow::{Context, Result, bail};
use delos_core::{Detection3d, Ego, PointCloud};
use delos_detect::lidar::network::LidarOptions;
use delos_detect::lidar::network::pillars::{
    AnchorDecoder, Canvas, HeadPlanes, HeatmapDecoder, NetworkFrame, Pillars,
};
use delos_detect::models::{
    CellColumn, ModelCard, OutputContent, PillarCard, PillarLayout, Planes, ResolvedModel,
};
use delos_infer::gpu::{Accelerator, Cuda};
use delos_infer::{Binding, BoundTensor, Model, Runtime, Session, TensorInfo, TensorShape};

/// The networks as the chain has them; what is before, between and behind them happens on the processor.
pub(super) struct Plain {
    on: Cuda,
    card: ModelCard,
    gathered: Pillars,
    encoder: Option<(Net, Canvas)>,
    network: Net,
}

/// A network on the device, and the names of its tensors.
struct Net {
    binding: Binding<Cuda>,
    inputs: Vec<String>,
    outputs: Vec<String>,
}

impl Plain {
    pub(super) fn new(
        on: &Cuda,
        runtime: &Runtime,
        model: &ResolvedModel,
        options: &LidarOptions<'_>,
    ) -> Result<Self> {
        let card = model.card.clone();
        let pillars = card.pillars()?;
        let open = |model| {
            let session = Session::open_on(runtime, model, &options.session, on, options.stream)?;
            Net::new(session, on, pillars)
        };
        let file = model.encoder()?;
        let encoder = match (file.as_deref(), &pillars.encoder) {
            (Some(path), Some(names)) => {
                Some((open(Model::File(path))?, Canvas::new(names.channels, pillars.grid())))
            }
            _ => None,
        };
        let network = open(model.network())?;
        let gathered = Pillars::new(pillars, true);
        Ok(Self { on: on.clone(), gathered, encoder, network, card })
    }

    pub(super) fn detect(
        &mut self,
        cloud: &PointCloud<Ego>,
        height_m: Option<f64>,
    ) -> Result<Vec<Detection3d>> {
        let Self { on, card, gathered, encoder, network } = self;
        let pillars = card.pillars()?;
        if gathered.fill(cloud, height_m, 1) == 0 {
            return Ok(Vec::new());
        }
        if let Some((first, canvas)) = encoder {
            first.give(on, card, gathered)?;
            first.binding.run()?;
            let features = first.answer(on, 0)?;
            let used = gathered.len() * features.len() / pillars.pillars as usize;
            let grid = canvas.scatter(&features[..used], gathered.cells());
            network.upload(on, 0, grid)?;
        } else {
            network.give(on, card, gathered)?;
        }
        network.binding.run()?;
        decode(on, card, network, &NetworkFrame::new(pillars, height_m))
    }
}

impl Net {
    /// All inputs and outputs bound; what may have any size has that of the most pillars.
    fn new(session: Session, on: &Cuda, pillars: &PillarCard) -> Result<Self> {
        let most = u64::from(pillars.pillars);
        let shape = |info: &TensorInfo| -> Vec<usize> {
            info.shape.iter().map(|side| side.unwrap_or(most) as usize).collect()
        };
        let names = |infos: &[TensorInfo]| infos.iter().map(|info| info.name.clone()).collect();
        let (inputs, outputs): (Vec<_>, Vec<_>) =
            (names(session.inputs()), names(session.outputs()));
        let given: Vec<_> = session.inputs().iter().map(shape).collect();
        let wanted: Vec<_> = session.outputs().iter().map(shape).collect();
        let binding =
            Binding::new(session, on, &shapes(&inputs, &given), &shapes(&outputs, &wanted))?;
        Ok(Self { binding, inputs, outputs })
    }

    /// Uploads points, counts and cells.
    fn give(&mut self, on: &Cuda, card: &ModelCard, gathered: &Pillars) -> Result<()> {
        let pillars = card.pillars()?;
        let most = pillars.pillars as usize;
        for place in 0..self.inputs.len() {
            let name = Some(&self.inputs[place]);
            if name == Some(&card.input.name) {
                anyhow::ensure!(pillars.layout == PillarLayout::Pnc || gathered.given() == most);
                self.upload(on, place, gathered.tensor())?;
            } else if name == pillars.counts.as_ref() {
                self.upload_whole(on, place, &repeated(gathered.counts(), most))?;
            } else {
                let cells = pillars.cells.as_ref().context("a tensor that the card lacks")?;
                let columns = pillars.grid()[0];
                let listed = repeated(gathered.cells(), most).into_iter().flat_map(|cell| {
                    cells.order.iter().map(move |column| match column {
                        CellColumn::Batch | CellColumn::Z => 0,
                        CellColumn::X => cell % columns,
                        CellColumn::Y => cell / columns,
                    })
                });
                self.upload_whole(on, place, &listed.collect::<Vec<_>>())?;
            }
        }
        Ok(())
    }

    fn upload(&mut self, on: &Cuda, place: usize, numbers: &[f32]) -> Result<()> {
        let Some(BoundTensor::F32(input)) = self.binding.input(place) else {
            bail!("an input of another type")
        };
        Ok(on.upload(numbers, input)?)
    }

    fn upload_whole(&mut self, on: &Cuda, place: usize, numbers: &[u32]) -> Result<()> {
        match self.binding.input(place) {
            Some(BoundTensor::I32(input)) => {
                on.upload(&numbers.iter().map(|n| n.cast_signed()).collect::<Vec<_>>(), input)?;
            }
            Some(BoundTensor::I64(input)) => {
                on.upload(&numbers.iter().map(|n| i64::from(*n)).collect::<Vec<_>>(), input)?;
            }
            _ => bail!("an input of another type"),
        }
        Ok(())
    }

    fn answer(&self, on: &Cuda, place: usize) -> Result<Vec<f32>> {
        let Some(tensor @ BoundTensor::F32(output)) = self.binding.output(place) else {
            bail!("an output of another type")
        };
        let mut numbers = vec![0.0; tensor.len()];
        on.download(output, &mut numbers)?;
        Ok(numbers)
    }

    fn named(&self, on: &Cuda, name: &str) -> Result<Vec<f32>> {
        let place = self.outputs.iter().position(|known| known == name);
        self.answer(on, place.with_context(|| format!("no output {name}"))?)
    }
}

fn shapes<'a>(names: &'a [String], shapes: &'a [Vec<usize>]) -> Vec<TensorShape<'a>> {
    names.iter().zip(shapes).map(|(name, shape)| TensorShape { name, shape }).collect()
}

/// Pillars after the last one repeat the first.
fn repeated(list: &[u32], most: usize) -> Vec<u32> {
    let first = list.first().copied().unwrap_or(0);
    (0..most).map(|number| list.get(number).copied().unwrap_or(first)).collect()
}

fn decode(
    on: &Cuda,
    card: &ModelCard,
    network: &Net,
    frame: &NetworkFrame,
) -> Result<Vec<Detection3d>> {
    let mut out = Vec::new();
    match &card.output.content {
        OutputContent::Anchors(anchors) => {
            let decoder = AnchorDecoder::new(card, card.thresholds)?;
            let directions = match &anchors.directions {
                Some(directions) => network.named(on, &directions.name)?,
                None => Vec::new(),
            };
            let (scores, boxes) =
                (network.named(on, &anchors.scores)?, network.named(on, &anchors.boxes)?);
            let mut decoder = decoder.context("a card with anchors")?;
            decoder.decode([&scores, &boxes, &directions], frame, &mut out);
        }
        OutputContent::Heatmap(heatmap) => {
            let decoder = HeatmapDecoder::new(card, card.thresholds)?;
            let mut decoder = decoder.context("a card with heat maps")?;
            let area = decoder.area();
            let some = |planes: &Planes, count: usize| -> Result<Vec<f32>> {
                let first = planes.first.unwrap_or(0) as usize;
                Ok(network.named(on, &planes.tensor)?[first * area..(first + count) * area]
                    .to_vec())
            };
            let heads = heatmap.heads.iter().map(|head| {
                let heat = some(&head.heat, head.classes as usize)?;
                let (offset, height) = (some(&head.offset, 2)?, some(&head.height, 1)?);
                Ok([heat, offset, height, some(&head.size, 3)?, some(&head.turn, 2)?])
            });
            let heads = heads.collect::<Result<Vec<_>>>()?;
            let heads: Vec<_> = heads
                .iter()
                .map(|[heat, offset, height, size, turn]| HeadPlanes {
                    heat,
                    offset,
                    height,
                    size,
                    turn,
                })
                .collect();
            decoder.decode(&heads, frame, &mut out);
        }
        _ => bail!("{} is no network of pillars", card.name),
    }
    Ok(out)
}
