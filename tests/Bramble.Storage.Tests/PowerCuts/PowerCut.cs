namespace Bramble.Storage.Tests.PowerCuts;

/// <summary>The end of everything: no code outside these tests knows this exception, so none catches it.</summary>
internal sealed class PowerCut(string step) : Exception($"power cut before: {step}");

/// <summary>Cuts the power before the n-th step, and at every step that clean-up code tries after it: a machine without power cleans nothing up.</summary>
internal sealed class Fuse(int step)
{
    private readonly Lock _gate = new();

    /// <summary>Every step up to the cut.</summary>
    public List<string> Steps { get; } = [];

    public bool IsBlown { get; private set; }

    public void Before(string what)
    {
        lock (_gate)
        {
            if (!IsBlown)
                Steps.Add(what);
            IsBlown |= Steps.Count == step;
            if (IsBlown)
                throw new PowerCut(what);
        }
    }
}
