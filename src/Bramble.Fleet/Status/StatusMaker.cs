using System.Text.Json;
using Bramble.Dhcp.Boards;
using Bramble.Fleet.Timeline;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Status;

/// <summary>Turns inner records into those that are shown.</summary>
internal static class StatusMaker
{
    private static readonly BootStage[] s_stages = Enum.GetValues<BootStage>();

    /// <summary>A stage's name in JSON and tables.</summary>
    public static string NameOf(BootStage stage) => stage switch
    {
        BootStage.Discover => "discover",
        BootStage.Offered => "offered",
        BootStage.Bound => "bound",
        BootStage.Firmware => "firmware",
        BootStage.Kernel => "kernel",
        BootStage.Root => "root",
        _ => "up",
    };

    /// <summary>A model's name for people; null if not known.</summary>
    public static string? NameOf(PiModel model, PiFamily family) => model switch
    {
        PiModel.Pi2B => "2 Model B",
        PiModel.Pi3B => "3 Model B",
        PiModel.Cm3 => "Compute Module 3",
        PiModel.Pi3BPlus => "3 Model B+",
        PiModel.Cm3Plus => "Compute Module 3+",
        PiModel.Pi4B => "4 Model B",
        PiModel.Pi400 => "400",
        PiModel.Cm4 => "Compute Module 4",
        PiModel.Cm4S => "Compute Module 4S",
        PiModel.Pi5 => "5",
        PiModel.Cm5 => "Compute Module 5",
        PiModel.Pi500 => "500",
        PiModel.Cm5Lite => "Compute Module 5 Lite",
        _ => family switch
        {
            PiFamily.Pi3 => "3 or older",
            PiFamily.Pi4 => "4 family",
            PiFamily.Pi5 => "5 family",
            _ => null,
        },
    };

    public static BootStatus Of(Boot boot, DateTimeOffset now)
    {
        var stages = new Dictionary<string, double>(s_stages.Length);
        foreach (BootStage stage in s_stages)
        {
            if (boot.Times.At(stage) is { } time)
            {
                stages[NameOf(stage)] = Round((time - boot.Started).TotalSeconds);
            }
        }

        return new BootStatus
        {
            Number = boot.Number,
            Started = boot.Started,
            Stage = NameOf(boot.Stage),
            Stages = stages,
            Discovers = boot.Discovers,
            Offers = boot.Offers,
            SilentSeconds = Round(Math.Max(0, (now - boot.LastEvent).TotalSeconds)),
            File = boot.Current,
            FileBytes = boot.Current is { } current ? boot.FindFile(current)?.Length ?? 0 : 0,
            Files = boot.Files.Sum(static f => f.Completed),
            Bytes = boot.Bytes,
            BytesPerSecond = boot.TransferSeconds > 0 ? Math.Round(boot.Bytes / boot.TransferSeconds) : 0,
            Probes = boot.Probes,
            NotFound = boot.NotFound,
            Retransmits = boot.Retransmits,
            Repeats = boot.Repeats,
        };
    }

    public static BootFileStatus Of(BootFile file) => new()
    {
        Path = file.Path,
        Result = JsonNamingPolicy.CamelCase.ConvertName(file.Outcome.ToString()),
        Length = file.Length,
        Bytes = file.Bytes,
        Seconds = Round(file.Seconds),
        BytesPerSecond = Rate(file.Bytes, file.Seconds),
        BlockSize = file.BlockSize,
        Asked = file.Asked,
        Probes = file.Probes,
        Retransmits = file.Retransmits,
    };

    public static BootTransfer Of(in TftpTransferEvent e, string path, int probes) => new(
        path, JsonNamingPolicy.CamelCase.ConvertName(e.Outcome.ToString()), e.Length, e.BytesSent, Round(e.Duration.TotalSeconds), Rate(e.BytesSent, e.Duration.TotalSeconds), e.BlockSize, e.Retransmits, probes);

    /// <summary>A transfer for people.</summary>
    public static string InWords(BootTransfer transfer)
    {
        string how = transfer.Result switch
        {
            "completed" => $"{transfer.Bytes} bytes in {transfer.Seconds:0.00} s, {transfer.BytesPerSecond / 1e6:0.0} MB/s",
            "unconfirmed" => $"all {transfer.Length} bytes sent in {transfer.Seconds:0.00} s, the last acknowledgment never came",
            "refused" => "refused",
            "timedOut" => $"stopped at {transfer.Bytes} of {transfer.Length} bytes: the board went silent",
            _ => $"stopped at {transfer.Bytes} of {transfer.Length} bytes: the board gave up",
        };
        return transfer.Retransmits == 0 ? $"{transfer.Path} {how}" : $"{transfer.Path} {how}, {transfer.Retransmits} packets sent again";
    }

    private static double Rate(long bytes, double seconds) => seconds > 0 ? Math.Round(bytes / seconds) : 0;

    private static double Round(double seconds) => Math.Round(seconds, 3);
}
