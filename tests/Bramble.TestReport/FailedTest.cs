namespace Bramble.TestReport;

/// <summary>A test that failed.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Message">Why, on as many lines as it takes.</param>
internal sealed record FailedTest(string Name, string Message);
