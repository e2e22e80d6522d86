using System.Text;

namespace Bramble.Storage.Editing;

/// <summary>hosts(5) as text.</summary>
internal static class HostsText
{
    private static readonly char[] s_blanks = [' ', '\t'];

    /// <summary>Gives 127.0.1.1 the host's name, and keeps every other line.</summary>
    internal static string WithHostName(string text, string hostName)
    {
        StringBuilder result = new();
        bool isSet = false;
        string[] lines = text.Split('\n');
        int count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        for (int i = 0; i < count; i++)
        {
            string[] fields = lines[i].Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 0 && fields[0] == "127.0.1.1")
            {
                if (isSet)
                    continue;
                isSet = true;
                result.Append("127.0.1.1\t").Append(hostName).Append('\n');
            }
            else
            {
                result.Append(lines[i]).Append('\n');
            }
        }

        if (result.Length == 0)
            result.Append("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        if (!isSet)
            result.Append("127.0.1.1\t").Append(hostName).Append('\n');
        return result.ToString();
    }
}
