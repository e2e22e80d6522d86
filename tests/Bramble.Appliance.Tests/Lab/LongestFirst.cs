using Xunit.Sdk;
using Xunit.v3;

namespace Bramble.Appliance.Tests.Lab;

/// <summary>Starts the classes that take longest first, so that neither core is idle at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_longest =
    [
        nameof(StoryTests), nameof(PowerCutCampaign), nameof(DemoTests), nameof(UpgradeTests), nameof(FirstStartTests),
        nameof(FactoryResetTests), nameof(PowerCutTests), nameof(PanelTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(static c => Rank(c.TestCollectionDisplayName))];

    private static int Rank(string collection)
    {
        int place = Array.FindIndex(s_longest, name => collection.Contains($".{name} ", StringComparison.Ordinal));
        return place < 0 ? s_longest.Length : place;
    }
}
