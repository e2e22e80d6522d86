using Bramble.Integration.Tests;
using Bramble.Integration.Tests.Dhcp;
using Bramble.Integration.Tests.Faults;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Xunit.TestCollectionOrderer(typeof(LongestFirst))]

namespace Bramble.Integration.Tests;

/// <summary>Starts the classes first that wait for minutes, so that the others run beside them and not before them.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_first = [nameof(FaultTests), nameof(LeaseClockTests), nameof(OtherServerTests)];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(static c => Place(c.TestCollectionDisplayName)).ThenBy(static c => c.TestCollectionDisplayName, StringComparer.Ordinal)];

    private static int Place(string collection) =>
        Array.FindIndex(s_first, name => collection.Contains(name, StringComparison.Ordinal)) is >= 0 and int place ? place : s_first.Length;
}
