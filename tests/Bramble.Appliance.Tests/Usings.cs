global using Bramble.Integration.Tests.Lab;
// Each test class has a virtual machine that takes both cores: one after the other is quicker.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
