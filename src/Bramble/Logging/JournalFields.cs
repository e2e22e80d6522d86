using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Bramble.Logging;

/// <summary>A log entry as fields of the journal: its number as a message id that never changes, its values each by name. Pure.</summary>
internal static class JournalFields
{
    // The first half of the message ids; the second one is the event's number (systemd.journal-fields(7), MESSAGE_ID=).
    private const string IdPrefix = "b3a9b1e05eed4f1c";

    /// <summary>The id of an event, 32 hex digits.</summary>
    public static string IdOf(int number) => IdPrefix + number.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The fields.</summary>
    /// <param name="priority">As of syslog(3).</param>
    /// <param name="message">The line for people.</param>
    /// <param name="number">The event's number; 0 for none.</param>
    /// <param name="state">The values by the names of the message's template.</param>
    public static IEnumerable<(string Name, string Value)> Of(int priority, string message, EventId number, object? state)
    {
        yield return ("MESSAGE", message);
        yield return ("PRIORITY", priority.ToString(CultureInfo.InvariantCulture));
        yield return ("SYSLOG_IDENTIFIER", "bramble");
        if (number.Id != 0)
        {
            yield return ("MESSAGE_ID", IdOf(number.Id));
            yield return ("BRAMBLE_EVENT", number.Id.ToString(CultureInfo.InvariantCulture));
        }

        foreach ((string name, object? value) in state as IReadOnlyList<KeyValuePair<string, object?>> ?? [])
        {
            if (value is not null && NameOf(name) is { } field)
            {
                yield return (field, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            }
        }
    }

    /// <summary>BRAMBLE_BOOT_FOLDER of BootFolder; null for what is no name.</summary>
    private static string? NameOf(string name)
    {
        var field = new StringBuilder("BRAMBLE");
        for (int i = 0; i < name.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(name[i]))
            {
                return null;
            }

            if (i == 0 || (char.IsAsciiLetterUpper(name[i]) && !char.IsAsciiLetterUpper(name[i - 1])))
            {
                field.Append('_');
            }

            field.Append(char.ToUpperInvariant(name[i]));
        }

        return name.Length == 0 ? null : field.ToString();
    }
}
