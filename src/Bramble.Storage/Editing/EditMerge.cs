using Bramble.Storage.Contract;

namespace Bramble.Storage.Editing;

/// <summary>Keeps the report of a root that is edited again and again: each file with what was there at first and what is there now.</summary>
internal static class EditMerge
{
    /// <summary>Adds steps to a report; the same list if there is nothing to add.</summary>
    internal static IReadOnlyList<EditStep> Merge(IReadOnlyList<EditStep> before, IReadOnlyList<EditStep> more)
    {
        if (more.Count == 0)
            return before;
        List<EditStep> merged = [.. before];
        foreach (EditStep step in more)
        {
            int at = merged.FindIndex(one => one.Name == step.Name && one.File == step.File);
            if (at < 0)
                merged.Add(step);
            else
                merged[at] = step with { Before = merged[at].Before };
        }

        return merged;
    }
}
