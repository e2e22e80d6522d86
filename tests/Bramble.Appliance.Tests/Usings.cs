global using Bramble.Integration.Tests.Lab;
using Bramble.Appliance.Tests.Lab;

// Each test class has a virtual machine; two at once keep two cores busy.
[assembly: Xunit.CollectionBehavior(MaxParallelThreads = 2)]
[assembly: Xunit.AssemblyFixture(typeof(SavedBox))]
[assembly: Xunit.TestCollectionOrderer(typeof(LongestFirst))]
