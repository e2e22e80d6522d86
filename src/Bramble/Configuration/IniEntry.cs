namespace Bramble.Configuration;

/// <summary>One <c>key = value</c> line of an INI file.</summary>
/// <param name="Section">The section, lower case.</param>
/// <param name="Key">The key, lower case.</param>
/// <param name="Value">The value, trimmed, without quotes.</param>
/// <param name="Line">Its line, from 1.</param>
internal readonly record struct IniEntry(string Section, string Key, string Value, int Line);
