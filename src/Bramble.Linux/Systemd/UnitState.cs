using System.Text;

namespace Bramble.Linux.Systemd;

/// <summary>A unit's state, from the properties of its object on the bus (org.freedesktop.systemd1(5)).</summary>
public sealed record UnitState
{
    /// <summary>The unit.</summary>
    public required string Unit { get; init; }

    /// <summary><c>loaded</c>, <c>not-found</c>, <c>bad-setting</c>, <c>error</c> or <c>masked</c>.</summary>
    public string LoadState { get; init; } = "";

    /// <summary><c>active</c>, <c>reloading</c>, <c>inactive</c>, <c>failed</c>, <c>activating</c> or <c>deactivating</c>.</summary>
    public string ActiveState { get; init; } = "";

    /// <summary>State of its own kind, such as <c>running</c>, <c>exited</c>, <c>auto-restart</c>.</summary>
    public string SubState { get; init; } = "";

    /// <summary>Why the service failed: <c>success</c>, <c>exit-code</c>, <c>timeout</c>, <c>watchdog</c>, <c>start-limit-hit</c>, …; empty for other units.</summary>
    public string Result { get; init; } = "";

    /// <summary>The service's own status line.</summary>
    public string StatusText { get; init; } = "";

    /// <summary>Errno that the service reported; 0 for none.</summary>
    public int StatusErrno { get; init; }

    /// <summary>How its main process ended (CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3); 0 if it never did.</summary>
    public int ExecMainCode { get; init; }

    /// <summary>Exit status or signal of its main process.</summary>
    public int ExecMainStatus { get; init; }

    /// <summary>True while it does its work.</summary>
    public bool IsActive => ActiveState is "active" or "reloading";

    /// <summary>One line for a person, with where to read on.</summary>
    public string Describe()
    {
        if (LoadState is not ("" or "loaded"))
        {
            return LoadState == "not-found" ? $"there is no unit {Unit}: is its package installed?" : $"{Unit} cannot be loaded ({LoadState})";
        }
        var text = new StringBuilder($"the unit is {ActiveState} ({SubState})");
        if (Result is not ("" or "success"))
        {
            text.Append($", result '{Result}'");
        }
        if (ExecMainCode == 1 && ExecMainStatus != 0)
        {
            text.Append($", its process exited with status {ExecMainStatus}");
        }
        else if (ExecMainCode is 2 or 3)
        {
            text.Append($", its process was killed by signal {ExecMainStatus}");
        }
        if (StatusErrno != 0)
        {
            text.Append($", error {StatusErrno}");
        }
        if (StatusText.Length > 0)
        {
            text.Append($", it says \"{StatusText}\"");
        }
        return text.Append($". Its words: journalctl -u {Unit}").ToString();
    }
}
