namespace Bramble.Configuration;

/// <summary>Loads and checks a configuration file. All mistakes are found in one go.</summary>
internal static class ConfigFile
{
    private const int LargestFile = 1 << 20;

    /// <summary>Loads a file.</summary>
    /// <returns>The configuration, or null and every mistake.</returns>
    public static (BrambleConfig? Config, IReadOnlyList<ConfigError> Errors) Load(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (info is { Exists: true, Length: > LargestFile })
            {
                return (null, [new ConfigError(file, 0, "The file is larger than 1 MiB.", "is this the right file?")]);
            }

            return Parse(file, File.ReadAllText(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, [new ConfigError(file, 0, "There is no such file.", $"make one with 'bramble config default > {file}', or name another with --config.")]);
        }
        catch (UnauthorizedAccessException)
        {
            return (null, [new ConfigError(file, 0, "The file may not be read.", $"run 'chmod a+r {file}'.")]);
        }
        catch (IOException e)
        {
            return (null, [new ConfigError(file, 0, $"The file cannot be read: {e.Message}", "see the message.")]);
        }
    }

    /// <summary>Reads configuration text; <paramref name="file"/> is only named in messages.</summary>
    public static (BrambleConfig? Config, IReadOnlyList<ConfigError> Errors) Parse(string file, string text)
    {
        var errors = new List<ConfigError>();
        var config = new BrambleConfig();
        foreach (IniEntry entry in IniReader.Read(file, text, errors))
        {
            ConfigKey? key = ConfigSchema.Keys.FirstOrDefault(k => k.Section == entry.Section && k.IsNamed(entry.Key));
            if (key is null)
            {
                errors.Add(Unknown(file, entry));
            }
            else if (key.Apply(config, entry) is { } fix)
            {
                errors.Add(new ConfigError(file, entry.Line, $"'{entry.Value}' is no value for '{entry.Key}' in [{entry.Section}].", fix));
            }
        }

        errors.Sort((a, b) => a.Line.CompareTo(b.Line));
        return (errors.Count == 0 ? config : null, errors);
    }

    private static ConfigError Unknown(string file, IniEntry entry)
    {
        if (!ConfigSchema.Sections.Any(s => s.Name == entry.Section))
        {
            string? section = Nearest(entry.Section, ConfigSchema.Sections.Select(s => s.Name));
            return new ConfigError(file, entry.Line, $"There is no section [{entry.Section}].",
                section is null ? $"the sections are {string.Join(", ", ConfigSchema.Sections.Select(s => s.Name))}." : $"did you mean [{section}]?");
        }

        ConfigKey? elsewhere = ConfigSchema.Keys.FirstOrDefault(k => k.Name == entry.Key);
        string? name = Nearest(entry.Key, ConfigSchema.Keys.Where(k => k.Section == entry.Section).Select(k => k.Name));
        string fix = name is not null ? $"did you mean '{name}'?"
            : elsewhere is not null ? $"'{entry.Key}' belongs into [{elsewhere.Section}]."
            : $"the keys of [{entry.Section}] are {string.Join(", ", ConfigSchema.Keys.Where(k => k.Section == entry.Section).Select(k => k.Name))}.";
        return new ConfigError(file, entry.Line, $"There is no key '{entry.Key}' in [{entry.Section}].", fix);
    }

    // The nearest name by edits, if it is near enough to be meant.
    private static string? Nearest(string word, IEnumerable<string> names)
    {
        return names.Select(n => (Name: n, Distance: Distance(word, n)))
            .Where(n => n.Distance <= Math.Max(2, n.Name.Length / 3))
            .OrderBy(n => n.Distance).Select(n => n.Name).FirstOrDefault();
    }

    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? diagonal : diagonal + 1;
                diagonal = row[j];
                row[j] = Math.Min(cost, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
