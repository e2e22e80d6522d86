using System.CommandLine;
using Bramble.Appliance.Upgrade;

namespace Bramble.Commands;

/// <summary>The command line of <c>bramble</c>.</summary>
internal static class RootCommandLine
{
    /// <summary>All verbs.</summary>
    public static RootCommand Create()
    {
        return new RootCommand("Bramble, the boot server in a box for Raspberry Pis.")
        {
            StatusCommand.Create(),
            WatchCommand.Create(),
            ImageCommand.Create(),
            ClientCommand.Create(),
            WhyCommand.Create(),
            FaultCommand.Create(),
            EepromCommand.Create(),
            PrepCardCommand.Create(),
            SnapshotCommand.Create(),
            SnapshotCommand.CreateRollback(),
            BoxCommand.CreateExport(),
            ArchiveCommand.CreateImport(),
            RolloutCommand.Create(),
            DoctorCommand.Create(),
            LogCommand.Create(),
            SupportCommand.Create(),
            PanelCommand.Create(),
            ConfigCommand.Create(),
            UpgradeCommand.Create(),
            // What systemd and D-Bus start.
            ServeCommand.Create(),
            StoragedCommand.Create(),
            WebCommand.Create(),
            CompletionCommand.Create(),
            ManCommand.Create(),
        };
    }
}
