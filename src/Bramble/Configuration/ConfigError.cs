namespace Bramble.Configuration;

/// <summary>One mistake in a configuration file, with the way to mend it.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1; 0 for the file as a whole.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Fix">What to write instead.</param>
internal sealed record ConfigError(string File, int Line, string Problem, string Fix)
{
    /// <summary><c>FILE:LINE: problem. Fix: …</c>, the form that editors jump to.</summary>
    public override string ToString() =>
        Line > 0 ? $"{File}:{Line}: {Problem} Fix: {Fix}" : $"{File}: {Problem} Fix: {Fix}";
}
