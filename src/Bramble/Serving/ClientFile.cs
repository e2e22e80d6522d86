using System.Globalization;
using System.Text;
using System.Text.Json;
using Bramble.Fleet.Clients;
using Bramble.Linux.Net;

namespace Bramble.Serving;

/// <summary>Reads many clients from a table (CSV, RFC 4180) or from piserver's <c>hosts.json</c>. Pure.</summary>
/// <remarks>piserver: an array of objects with <c>mac</c>, <c>description</c> (free text) and <c>distro</c>.</remarks>
internal static class ClientFile
{
    private static readonly string[] s_titles = ["name", "board", "address", "image", "root", "host-name", "tags"];

    /// <summary>Reads the clients, in the order of the file.</summary>
    /// <param name="text">The file.</param>
    /// <param name="defaults">Image and root of those for which the file names none.</param>
    /// <exception cref="FormatException">It is neither; the message names the line.</exception>
    public static IReadOnlyList<ClientRequest> Read(string text, ClientRequest defaults)
    {
        string content = text.TrimStart('\uFEFF');
        return content.AsSpan().TrimStart().StartsWith("[") ? ReadHosts(content, defaults) : ReadTable(content, defaults);
    }

    private static List<ClientRequest> ReadTable(string text, ClientRequest defaults)
    {
        List<(int Line, List<string> Fields)> rows = Rows(text);
        if (rows.Count == 0)
        {
            throw new FormatException("It is empty. The first line gives the titles of the columns: name,board,address,image,root,host-name,tags.");
        }

        List<string> titles = [.. rows[0].Fields.Select(static t => t.Trim().ToLowerInvariant())];
        if (titles.Find(static t => !s_titles.Contains(t)) is { } unknown)
        {
            throw new FormatException($"Line {rows[0].Line}: there is no column '{unknown}'. The titles are: {string.Join(", ", s_titles)}.");
        }

        if (!titles.Contains("name"))
        {
            throw new FormatException($"Line {rows[0].Line}: the column 'name' is missing.");
        }

        var clients = new List<ClientRequest>();
        foreach ((int line, List<string> fields) in rows.Skip(1))
        {
            if (fields.Count != titles.Count)
            {
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"Line {line} has {fields.Count} columns, the titles are {titles.Count}."));
            }

            string name = Field("name") ?? "";
            if (!ClientName.IsValid(name))
            {
                throw new FormatException($"Line {line}: '{name}' is no client name: use 1 to {ClientName.MaxLength} characters of a-z, 0-9 and '-', not beginning or ending with '-'.");
            }

            if (clients.Exists(c => c.Name == name))
            {
                throw new FormatException($"Line {line}: there are two clients named '{name}'.");
            }

            clients.Add(defaults with
            {
                Name = name,
                Board = Field("board"),
                Address = Field("address"),
                Image = Field("image") ?? defaults.Image,
                Root = Field("root") ?? defaults.Root,
                HostName = Field("host-name"),
                Tags = Field("tags")?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            });

            string? Field(string title) => titles.IndexOf(title) is var at and >= 0 && fields[at].Trim() is { Length: > 0 } value ? value : null;
        }

        return clients;
    }

    private static List<ClientRequest> ReadHosts(string text, ClientRequest defaults)
    {
        try
        {
            using var hosts = JsonDocument.Parse(text);
            var clients = new List<ClientRequest>();
            foreach (JsonElement host in hosts.RootElement.EnumerateArray())
            {
                if (host.ValueKind != JsonValueKind.Object || !host.TryGetProperty("mac", out JsonElement said) || !MacAddress.TryParse(said.GetString(), out MacAddress mac))
                {
                    throw new FormatException($"It is no hosts.json of piserver: '{Shorten(host.GetRawText())}' has no MAC address.");
                }

                string words = host.TryGetProperty("description", out JsonElement description) && description.ValueKind == JsonValueKind.String ? description.GetString()! : "";
                string name = NameOf(words) is { Length: > 0 } made ? made : "pi-" + mac.ToString().Replace(":", "", StringComparison.Ordinal)[6..];
                // piserver does not ask for different descriptions.
                string own = name;
                for (int number = 2; clients.Exists(c => c.Name == own); number++)
                {
                    own = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
                }

                clients.Add(defaults with { Name = own, Board = mac.ToString() });
            }

            return clients;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"It is no hosts.json of piserver: {e.Message}", e);
        }
    }

    /// <summary>A client's name of free text: what is not possible becomes '-'.</summary>
    private static string NameOf(string words)
    {
        var name = new StringBuilder();
        foreach (char c in words.ToLowerInvariant())
        {
            if (c is (>= 'a' and <= 'z') or (>= '0' and <= '9'))
            {
                name.Append(c);
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        // Room for the number of a second one.
        return name.ToString(0, Math.Min(name.Length, ClientName.MaxLength - 5)).TrimEnd('-');
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";

    /// <summary>The rows of a table: fields may stand in double quotes, doubled quotes in them are one; empty lines and those that begin with # are left out.</summary>
    private static List<(int Line, List<string> Fields)> Rows(string text)
    {
        var rows = new List<(int, List<string>)>();
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            string row = line.TrimEnd('\r');
            if (row.AsSpan().Trim().Length == 0 || row.StartsWith('#'))
            {
                continue;
            }

            var fields = new List<string>();
            var field = new StringBuilder();
            bool quoted = false;
            for (int i = 0; i < row.Length; i++)
            {
                char c = row[i];
                if (quoted && c == '"' && i + 1 < row.Length && row[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else if (c == '"')
                {
                    quoted = !quoted;
                }
                else if (!quoted && (c is ',' or ';'))
                {
                    fields.Add(field.ToString());
                    field.Clear();
                }
                else
                {
                    field.Append(c);
                }
            }

            if (quoted)
            {
                throw new FormatException($"Line {number}: a quote is not closed.");
            }

            fields.Add(field.ToString());
            rows.Add((number, fields));
        }

        return rows;
    }
}
