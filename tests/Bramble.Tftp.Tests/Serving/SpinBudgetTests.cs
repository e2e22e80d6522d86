using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Tests.Serving;

public sealed class SpinBudgetTests
{
    [Fact]
    public void As_long_as_packets_come_the_loop_goes_on_looking()
    {
        var budget = new SpinBudget();
        for (int i = 0; i < 100; i++)
        {
            Assert.True(budget.MayBegin());
            budget.Hit();
        }
    }

    [Fact]
    public void Looking_in_vain_gets_rarer_and_rarer_and_never_stops()
    {
        var budget = new SpinBudget();
        int looks = 0;
        for (int turn = 0; turn < 10_000; turn++)
        {
            if (budget.MayBegin())
            {
                looks++;
                budget.Missed();
            }
        }

        Assert.InRange(looks, 15, 25);
    }

    [Fact]
    public void One_hit_puts_an_end_to_the_pauses()
    {
        var budget = new SpinBudget();
        for (int i = 0; i < 5; i++)
        {
            while (!budget.MayBegin())
            {
            }

            budget.Missed();
        }

        while (!budget.MayBegin())
        {
        }

        budget.Hit();
        Assert.True(budget.MayBegin());
    }
}
