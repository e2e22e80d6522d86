using System.Buffers.Binary;
using System.Text;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Images;

/// <summary>Finds the kernels of a boot tree, and reads what they are out of them: release and architecture.</summary>
internal static class KernelInspector
{
    private const int Window = 1 << 20;
    private const int HeadLength = 512;
    private const long MaximumBytes = 256L << 20;
    private const int ReleaseLimit = 100;
    private static readonly string[] s_names = ["kernel", "vmlinu", "Image"];

    /// <summary>Whether a file of the boot tree is called as kernels are.</summary>
    internal static bool IsKernel(string name) => Array.Exists(s_names, start => name.StartsWith(start, StringComparison.Ordinal));

    /// <summary>Looks into every kernel of a boot tree, in order of name.</summary>
    /// <param name="bootFolder">The boot tree.</param>
    /// <param name="deviceTrees">Names of its device trees.</param>
    /// <param name="origin">An image that the tree was once cloned from: what is still the same file is known already. Null for none.</param>
    /// <param name="cancellation">Stops.</param>
    internal static async Task<IReadOnlyList<KernelInfo>> InspectAsync(string bootFolder, IReadOnlyList<string> deviceTrees, ImageInfo? origin, CancellationToken cancellation)
    {
        List<KernelInfo> found = [];
        foreach (string file in Directory.EnumerateFiles(bootFolder).Where(static file => IsKernel(Path.GetFileName(file))).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(file);
            if (origin?.Kernels.FirstOrDefault(one => one.File == name) is { } known && InitramfsInspector.IsSame(file, $"{origin.BootFolder}/{name}"))
            {
                found.Add(known with { Models = DeviceTrees.Models(deviceTrees, name, known.Architecture) });
                continue;
            }

            (string? release, string? architecture) = await ReadAsync(file, cancellation);
            architecture ??= name switch { "kernel.img" => "armv6", "kernel7.img" or "kernel7l.img" => "armv7", "kernel8.img" or "kernel_2712.img" => "arm64", _ => null };
            found.Add(new KernelInfo(name, release, architecture, DeviceTrees.Models(deviceTrees, name, architecture)));
        }

        return found;
    }

    private static async Task<(string? Release, string? Architecture)> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            await using FileStream stream = File.OpenRead(file);
            byte[] head = new byte[HeadLength];
            int length = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation);
            (long offset, ImageCompression compression) = Payload(head.AsSpan(0, length));
            bool isArm = length >= 0x28 && BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(0x24)) == 0x016F2818;
            if (isArm)
                (offset, compression) = await FindGzipAsync(stream, cancellation);
            stream.Position = offset;
            KernelText text = new();
            if (compression == ImageCompression.None)
                await text.ReadAsync(stream, cancellation);
            else
                await PackedPart.ReadAsync(stream, compression, MaximumBytes, text.ReadAsync, cancellation);
            string? architecture = text.IsArm64 ? "arm64" : !isArm ? null : text.Release?.Contains("v6", StringComparison.Ordinal) == true ? "armv6" : "armv7";
            return (text.Release, architecture);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return (null, null);
        }
    }

    /// <summary>Where the kernel proper begins: it may be packed as a whole, or be an EFI program with the packed kernel in it (<c>drivers/firmware/efi/libstub/zboot-header.S</c>).</summary>
    private static (long Offset, ImageCompression Compression) Payload(ReadOnlySpan<byte> head)
    {
        if (head.Length < 32 || !head.StartsWith("MZ"u8) || !head[4..].StartsWith("zimg"u8))
            return (0, head.Length < Magic.Length ? ImageCompression.None : Magic.Of(head) is ImageCompression.Zip ? ImageCompression.None : Magic.Of(head));
        ReadOnlySpan<byte> kind = head.Slice(24, 8);
        ImageCompression compression = kind.StartsWith("gzip"u8) ? ImageCompression.Gzip : kind.StartsWith("zstd"u8) ? ImageCompression.Zstd : kind.StartsWith("xz"u8) ? ImageCompression.Xz : ImageCompression.None;
        return (BinaryPrimitives.ReadUInt32LittleEndian(head[8..]), compression);
    }

    /// <summary>A 32-bit kernel unpacks itself: the packed part lies somewhere behind that program.</summary>
    private static async Task<(long Offset, ImageCompression Compression)> FindGzipAsync(FileStream stream, CancellationToken cancellation)
    {
        byte[] start = new byte[Window];
        stream.Position = 0;
        int length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        int at = start.AsSpan(0, length).IndexOf((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08, 0x00]);
        return at < 0 ? (0, ImageCompression.None) : (at, ImageCompression.Gzip);
    }

    /// <summary>Looks for what a kernel says of itself.</summary>
    private sealed class KernelText
    {
        private static ReadOnlySpan<byte> Banner => "Linux version "u8;

        internal string? Release { get; private set; }

        // Documentation/arch/arm64/booting.rst: "ARM\x64" at 56.
        internal bool IsArm64 { get; private set; }

        internal async Task ReadAsync(Stream stream, CancellationToken cancellation)
        {
            byte[] buffer = new byte[Window + ReleaseLimit];
            int kept = 0;
            bool isFirst = true;
            while (Release is null)
            {
                int read = await stream.ReadAtLeastAsync(buffer.AsMemory(kept, Window), Window, throwOnEndOfStream: false, cancellation);
                Span<byte> seen = buffer.AsSpan(0, kept + read);
                if (isFirst)
                    IsArm64 = seen.Length > 60 && seen.Slice(56, 4).SequenceEqual("ARM\x64"u8);
                isFirst = false;
                Release = Find(seen);
                if (read < Window)
                    return;
                seen[^ReleaseLimit..].CopyTo(buffer);
                kept = ReleaseLimit;
            }
        }

        /// <summary>The banner is followed by the release and a blank; its format string has "%s" there.</summary>
        private static string? Find(ReadOnlySpan<byte> text)
        {
            for (int at; (at = text.IndexOf(Banner)) >= 0; text = text[(at + Banner.Length)..])
            {
                ReadOnlySpan<byte> rest = text[(at + Banner.Length)..];
                int end = rest[..Math.Min(rest.Length, ReleaseLimit - Banner.Length)].IndexOf((byte)' ');
                if (end > 0 && char.IsAsciiDigit((char)rest[0]) && rest[..end].IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0)
                    return Encoding.ASCII.GetString(rest[..end]);
            }

            return null;
        }
    }
}
