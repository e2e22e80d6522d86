using System.Diagnostics;
using System.Globalization;
using Bramble.Linux.Processes;
using Bramble.Storage;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bramble.Benchmarks.Storage;

/// <summary>How long the instant operations take on btrfs, however large the root, beside <c>cp -a</c> on the same disk.</summary>
internal static class StorageBenchmark
{
    private const double MostSeconds = 0.5;
    private const int FileBytes = 100_000;
    private const int Repeats = 5;
    private static readonly CancellationToken s_never = CancellationToken.None;
    private static readonly StepClock s_steps = new();

    public static async Task<int> RunAsync(string[] args)
    {
        bool quick = args.Contains("--quick");
        int files = quick ? 2_000 : 20_000;
        int clones = quick ? 20 : 100;
        string folder = $"/var/tmp/bramble-bench-{Environment.ProcessId}";
        string data = $"{folder}/data";
        Directory.CreateDirectory(data);
        try
        {
            await ShellAsync($"truncate -s 12G {folder}/disk; mkfs.btrfs -q {folder}/disk; mount -o loop {folder}/disk {data}");
            MakeTree($"{data}/tree", files);
            using StorageService storage = new(
                new StorageOptions { DataFolder = data, ExportsFile = $"{folder}/exports", TargetsFile = $"{folder}/targets", ExportTableFile = $"{folder}/etab", BeforeStep = s_steps.Note },
                new NoUnitReloader(), TimeProvider.System, NullLogger.Instance);
            ImageInfo image = await storage.AddImageAsync($"{data}/tree", "pi", null, s_never);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a root of {image.SizeBytes / 1e9:F1} GB in {files} files, btrfs on a loop device; seconds"));
            Console.WriteLine("                                   median      max   cp -a / median");

            // Debian's cp shares blocks on btrfs by itself; without that it is what a copy costs elsewhere.
            double shared = await TimeAsync(() => ShellAsync($"cp -a {image.RootFolder} {data}/copy; sync -f {data}"));
            double plain = await TimeAsync(() => ShellAsync($"cp -a --reflink=never {image.RootFolder} {data}/copy2; sync -f {data}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"cp -a (shares blocks), sync",-32} {shared,8:F2}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"cp -a --reflink=never, sync",-32} {plain,8:F2}"));
            await ShellAsync($"rm -rf {data}/copy {data}/copy2; sync -f {data}");

            bool isKept = await MeasureAsync($"clone, {clones} in a row", clones, i => storage.PrepareRootAsync(Request($"pi-{i}", RootKind.Nfs), s_never), shared);
            isKept &= await MeasureAsync("snapshot", Repeats, i => storage.CreateSnapshotAsync("pi-0", $"s{i}", SnapshotCause.Hand, null, s_never), shared);
            isKept &= await MeasureAsync("rollback", Repeats, i => storage.RollBackAsync("pi-0", $"s{i}", null, s_never), shared);
            isKept &= await MeasureAsync("reset to image", Repeats, _ => storage.ResetAsync("pi-0", null, s_never), shared);
            isKept &= await MeasureAsync("promote", Repeats, i => storage.PromoteAsync("pi-0", $"pi@{i}", null, s_never), shared);
            isKept &= await MeasureAsync("duplicate", Repeats, i => storage.DuplicateAsync("pi-0", $"twin-{i}", null, s_never), shared);
            isKept &= await MeasureAsync("remove a snapshot", Repeats, i => storage.RemoveSnapshotAsync("pi-0", $"s{i}", s_never), shared);
            double first = await TimeAsync(() => storage.PrepareRootAsync(Request("disk", RootKind.Iscsi), s_never));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"first disk of the image (once)",-32} {first,8:F2}"));
            isKept &= await MeasureAsync("clone of the disk", Repeats, i => storage.PrepareRootAsync(Request($"disk-{i}", RootKind.Iscsi), s_never), shared);
            isKept &= await MeasureAsync("snapshot of the disk", Repeats, i => storage.CreateSnapshotAsync("disk", $"s{i}", SnapshotCause.Hand, null, s_never), shared);
            isKept &= await MeasureAsync("rollback of the disk", Repeats, i => storage.RollBackAsync("disk", $"s{i}", null, s_never), shared);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"budget < {MostSeconds} s each: {(isKept ? "kept" : "MISSED")}"));
            return isKept ? 0 : 1;
        }
        finally
        {
            await ShellAsync($"umount {data} || true; rm -rf --one-file-system {folder}");
        }
    }

    private static async Task<bool> MeasureAsync(string name, int count, Func<int, Task> work, double copy)
    {
        List<double> times = [];
        string slowest = "";
        for (int i = 0; i < count; i++)
        {
            s_steps.Begin();
            times.Add(await TimeAsync(() => work(i)));
            if (times[^1] == times.Max())
                slowest = string.Create(CultureInfo.InvariantCulture, $"{i + 1}: {s_steps.End()}");
        }

        times.Sort();
        double median = times[times.Count / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-32} {median,8:F3} {times[^1],8:F3} {copy / median,16:F0}"));
        if (times[^1] >= MostSeconds)
            Console.WriteLine($"  the slowest was number {slowest}");
        return median < MostSeconds;
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Files that no filesystem can make smaller, and the few that an operating system has.</summary>
    private static void MakeTree(string folder, int files)
    {
        byte[] noise = new byte[16 << 20];
        Random random = new(1);
        random.NextBytes(noise);
        Directory.CreateDirectory($"{folder}/etc");
        Directory.CreateDirectory($"{folder}/boot/firmware");
        File.WriteAllText($"{folder}/etc/os-release", "PRETTY_NAME=\"Benchmark\"\n");
        File.WriteAllText($"{folder}/etc/fstab", "proc /proc proc defaults 0 0\n");
        File.WriteAllText($"{folder}/boot/firmware/config.txt", "arm_64bit=1\n");
        // newc archives of a name each: what the kernels would take their root from.
        File.WriteAllBytes($"{folder}/boot/firmware/initramfs8", Initramfs("usr/bin/nfsmount", "usr/sbin/iscsistart"));
        for (int i = 0; i < files; i++)
        {
            string path = $"{folder}/usr/{i / 100}";
            if (i % 100 == 0)
                Directory.CreateDirectory(path);
            using FileStream file = File.Create($"{path}/{i}");
            file.Write(noise, random.Next(noise.Length - FileBytes), FileBytes);
        }
    }

    private static byte[] Initramfs(params string[] names)
    {
        using MemoryStream stream = new();
        foreach (string name in (IEnumerable<string>)[.. names, "TRAILER!!!"])
        {
            string[] fields = ["1", "81a4", "0", "0", "1", "0", "0", "0", "0", "0", "0", (name.Length + 1).ToString("x", CultureInfo.InvariantCulture), "0"];
            stream.Write(System.Text.Encoding.ASCII.GetBytes("070701" + string.Concat(fields.Select(static field => field.PadLeft(8, '0'))) + name + "\0"));
            while (stream.Length % 4 != 0)
                stream.WriteByte(0);
        }

        return stream.ToArray();
    }

    private static RootRequest Request(string client, RootKind kind) => new()
    {
        Client = client,
        Image = "pi",
        Kind = kind,
        HostName = client,
        ServerAddress = "192.168.7.1",
        BeaconPort = 6767,
        BeaconToken = new string('0', 32),
    };

    private static async Task ShellAsync(string script)
    {
        ProcessResult result = await ChildProcess.RunAsync("sh", ["-euc", script], s_never);
        if (!result.Succeeded)
            throw new InvalidOperationException($"{script}: {result.Error}");
    }
}
