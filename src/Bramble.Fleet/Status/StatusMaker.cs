using Bramble.Dhcp.Boards;
using Bramble.Fleet.Timeline;

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

    public static BootFileStatus Of(BootFile file)
    {
        string outcome = file.Outcome.ToString();
        return new BootFileStatus(
            file.Path, char.ToLowerInvariant(outcome[0]) + outcome[1..], file.Length, file.Asked, file.Probes, file.Retransmits, Round(file.Seconds));
    }

    private static double Round(double seconds) => Math.Round(seconds, 3);
}
