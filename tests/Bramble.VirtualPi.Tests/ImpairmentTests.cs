using Bramble.VirtualPi.Link;

namespace Bramble.VirtualPi.Tests;

public sealed class ImpairmentTests
{
    private readonly List<byte> _out = [];

    [Fact]
    public void A_good_cable_changes_nothing()
    {
        Put(new Impairment(1, 0, 0, 0), 100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)i), _out);
    }

    [Fact]
    public void Loss_doubling_and_reordering_come_about_as_often_as_asked_for()
    {
        Put(new Impairment(1, 10, 0, 0), 1000);
        Assert.InRange(_out.Count, 850, 950);
        _out.Clear();
        Put(new Impairment(1, 0, 10, 0), 1000);
        Assert.InRange(_out.Count, 1050, 1150);
        _out.Clear();
        Put(new Impairment(1, 0, 0, 10), 100);
        Assert.Equal(100, _out.Count);
        Assert.NotEqual(_out.Order(), _out);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)i), _out.Order());
    }

    [Fact]
    public void A_frame_that_nothing_follows_is_not_held_back_for_ever()
    {
        var cable = new Impairment(1, 0, 0, 100);
        cable.Put([7], checksumReady: true, TimeSpan.Zero, (frame, _) => _out.Add(frame[0]));
        Assert.Empty(_out);
        cable.Tick(cable.Due, (frame, _) => _out.Add(frame[0]));
        Assert.Equal([7], _out);
    }

    private void Put(Impairment cable, int count)
    {
        for (int i = 0; i < count; i++)
        {
            cable.Put([(byte)i], checksumReady: true, TimeSpan.Zero, (frame, _) => _out.Add(frame[0]));
        }

        cable.Tick(TimeSpan.FromSeconds(1), (frame, _) => _out.Add(frame[0]));
    }
}
