//! A stand-in for a GPU: the kernels' own source, compiled for the processor, in a process of its own.

use anyhow::{Context, Result, bail, ensure};
use bytemuck::Pod;
use delos_infer::gpu::{
    self, Accelerator, Cuda, DeviceBuffer, GpuError, GpuReport, Kernels, Launch,
};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{BufReader, BufWriter, Read, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// The program of the stand-in, compiled.
#[derive(Debug)]
pub struct Shim {
    program: PathBuf,
    _folder: TempDir,
}

impl Shim {
    /// Compiles the kernels with the C++ compiler of the machine (`CXX`, else `c++`). A product and a sum
    /// are not contracted, as on the device.
    ///
    /// # Errors
    /// What the compiler said.
    pub fn compile() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let program = folder.path().join("shim");
        compile("device.cpp", &[], &program)?;
        Ok(Self { program, _folder: folder })
    }

    /// Starts a device.
    ///
    /// # Errors
    /// When the process does not start.
    pub fn start(&self, schedule: Schedule) -> Result<Simulated> {
        let mut child = Command::new(&self.program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("start the stand-in")?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("the stand-in has no pipes");
        };
        let pipes = RefCell::new((BufWriter::new(to), BufReader::new(from)));
        Ok(Simulated { child, pipes, schedule, launches: Cell::new(0) })
    }
}

/// A stand-in for the driver's library: with its folder first on the library path of a process,
/// [`Cuda`](delos_infer::gpu::Cuda) opens there without a GPU, and kernels run on the processor.
#[derive(Debug)]
pub struct SimulatedDriver {
    folder: TempDir,
}

impl SimulatedDriver {
    /// Compiles the library as [`Shim::compile`] does the program.
    ///
    /// # Errors
    /// What the compiler said.
    pub fn compile() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let flags = ["-shared", "-fPIC", "-fvisibility=hidden"];
        compile("driver.cpp", &flags, &folder.path().join("libcuda.so.1"))?;
        Ok(Self { folder })
    }

    /// The folder with `libcuda.so.1`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// The device of a [`SimulatedDriver`] in a process that has its folder on the library path. Networks that run
/// on the processor can be bound to its memory.
///
/// # Errors
/// When the driver there is another one, or none.
pub fn stand_in() -> Result<Cuda> {
    let GpuReport::Found { devices, .. } = gpu::probe() else { bail!("no driver and no stand-in") };
    let name = devices.first().map_or("", |device| &device.name);
    ensure!(name == "stand-in on the processor", "not the stand-in, but {name}");
    let device = Cuda::open(0, &Kernels::of_user())?;
    #[expect(
        unsafe_code,
        reason = "whether a driver keeps its memory in this process cannot be asked"
    )]
    // SAFETY: the driver is the stand-in (see above): `kernels/shim/driver.cpp` takes its memory from the process
    // and works on it in calls alone.
    let device = unsafe { device.with_memory_of_process() };
    Ok(device)
}

/// Compiles one of the stand-ins.
fn compile(source: &str, flags: &[&str], target: &Path) -> Result<()> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/delos_infer/kernels/shim");
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    let output = Command::new(&compiler)
        .args(["-std=c++17", "-O2", "-ffp-contract=off", "-Wall", "-Werror"])
        .args(["-Wno-unused-function", "-Wno-unknown-pragmas"])
        .args(flags)
        .arg("-o")
        .args([target, &folder.join(source)])
        .output()
        .with_context(|| format!("start the C++ compiler {}", compiler.display()))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// In which order the stand-in runs the blocks, and the threads of a block between two barriers. A
/// result that depends on it is a race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// First to last.
    Forward,
    /// Last to first.
    Backward,
    /// Shuffled, with another seed at each launch.
    Shuffled(u32),
}

/// A device of the stand-in. It ends when a kernel does what it must not: reads or writes beyond a
/// buffer, gets parameters of other sizes than its own, or leaves threads behind at a barrier.
#[derive(Debug)]
pub struct Simulated {
    child: Child,
    pipes: RefCell<(BufWriter<ChildStdin>, BufReader<ChildStdout>)>,
    schedule: Schedule,
    launches: Cell<u32>,
}

impl Drop for Simulated {
    fn drop(&mut self) {
        // Its own child, which waits for requests that will not come.
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}

/// Memory of the stand-in.
pub struct SimulatedBuffer<T> {
    address: u64,
    len: usize,
    values: PhantomData<T>,
}

impl<T> fmt::Debug for SimulatedBuffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatedBuffer").field("len", &self.len).finish_non_exhaustive()
    }
}

impl<T> DeviceBuffer<T> for SimulatedBuffer<T> {
    fn len(&self) -> usize {
        self.len
    }

    fn address(&self) -> u64 {
        self.address
    }
}

const ALLOCATE: u32 = 1;
const WRITE: u32 = 2;
const READ: u32 = 3;
const LAUNCH: u32 = 4;

impl Accelerator for Simulated {
    type Buffer<T: Pod> = SimulatedBuffer<T>;

    fn buffer<T: Pod>(&self, len: usize) -> Result<SimulatedBuffer<T>, GpuError> {
        let mut address = [0; 8];
        self.ask(&[&ALLOCATE.to_le_bytes(), &size(len * size_of::<T>())], &mut address)?;
        Ok(SimulatedBuffer { address: u64::from_le_bytes(address), len, values: PhantomData })
    }

    fn upload<T: Pod>(&self, from: &[T], to: &mut SimulatedBuffer<T>) -> Result<(), GpuError> {
        check_copy(from.len(), to.len)?;
        let bytes = bytemuck::cast_slice(from);
        let address = to.address.to_le_bytes();
        self.ask(&[&WRITE.to_le_bytes(), &address, &size(bytes.len()), bytes], &mut [])
    }

    fn download<T: Pod>(&self, from: &SimulatedBuffer<T>, to: &mut [T]) -> Result<(), GpuError> {
        check_copy(to.len(), from.len)?;
        let bytes = bytemuck::cast_slice_mut(to);
        let (address, count) = (from.address.to_le_bytes(), size(bytes.len()));
        self.ask(&[&READ.to_le_bytes(), &address, &count], bytes)
    }

    fn fill<T: Pod>(&self, buffer: &mut SimulatedBuffer<T>, byte: u8) -> Result<(), GpuError> {
        let bytes = vec![byte; buffer.len * size_of::<T>()];
        let address = buffer.address.to_le_bytes();
        self.ask(&[&WRITE.to_le_bytes(), &address, &size(bytes.len()), &bytes], &mut [])
    }

    fn launch(&self, launch: &Launch<'_>) -> Result<(), GpuError> {
        let name = launch.kernel().as_bytes();
        let mut request = LAUNCH.to_le_bytes().to_vec();
        request.extend(size(name.len()));
        request.extend(name);
        launch.grid().iter().chain(&launch.block()).for_each(|n| request.extend(n.to_le_bytes()));
        request.extend(self.next_seed().to_le_bytes());
        let parameters = launch.parameters();
        request.extend((parameters.len() as u32).to_le_bytes());
        for bytes in parameters {
            request.extend(size(bytes.len()));
            request.extend(bytes);
        }
        self.ask(&[&request], &mut [0; 4])
    }
}

impl Simulated {
    fn next_seed(&self) -> u32 {
        self.launches.set(self.launches.get().wrapping_add(1));
        match self.schedule {
            Schedule::Forward => 0,
            Schedule::Backward => 1,
            Schedule::Shuffled(seed) => {
                seed.wrapping_mul(65_537).wrapping_add(self.launches.get()).max(2)
            }
        }
    }

    fn ask(&self, request: &[&[u8]], answer: &mut [u8]) -> Result<(), GpuError> {
        let mut pipes = self.pipes.borrow_mut();
        let (to, from) = &mut *pipes;
        let mut exchange = || {
            request.iter().try_for_each(|part| to.write_all(part))?;
            to.flush()?;
            from.read_exact(answer)
        };
        exchange().map_err(|error: std::io::Error| GpuError::Driver {
            doing: "the stand-in ended (it says why on stderr)",
            cause: error.to_string(),
        })
    }
}

fn check_copy(wanted: usize, got: usize) -> Result<(), GpuError> {
    if wanted > got {
        return Err(GpuError::BufferTooShort {
            kernel: "copy",
            what: "device memory",
            wanted,
            got,
        });
    }
    Ok(())
}

fn size(count: usize) -> [u8; 8] {
    (count as u64).to_le_bytes()
}
