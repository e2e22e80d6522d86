using System.Text;

namespace Bramble.Storage.Targets;

/// <summary>
/// targets.conf(5) of tgt as text: what a restarted tgtd begins with. It cannot say all that <see cref="TgtDaemon"/> asks of an initiator: of a name
/// alone tgt-admin makes a rule that everybody fits, and where there is a name and an address either one lets in. So it says the address and the secret,
/// and what is missing is added when tgt.service has started.
/// </summary>
internal static class TargetsText
{
    /// <summary>The drop-in for these targets.</summary>
    internal static string Write(IEnumerable<IscsiTarget> targets)
    {
        StringBuilder text = new("# Written by Bramble: every change is lost. The disk of each client, open to its own address and secret alone.\n");
        foreach (IscsiTarget target in targets.OrderBy(static one => one.Name, StringComparer.Ordinal))
        {
            text.Append("<target ").Append(target.Name).Append(">\n")
                .Append("    <backing-store ").Append(target.Disk).Append(">\n")
                .Append("        scsi_id ").Append(target.Serial).Append('\n')
                .Append("        scsi_sn ").Append(target.Serial).Append('\n')
                .Append("    </backing-store>\n")
                .Append("    initiator-address ").Append(target.Address).Append('\n')
                .Append("    incominguser ").Append(target.User).Append(' ').Append(target.Secret).Append('\n')
                .Append("</target>\n");
        }

        return text.ToString();
    }
}
