package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Scenario;
import io.holdfast.payment.scenario.topup.acquirer.Acquirer;
import io.holdfast.payment.scenario.topup.acquirer.AcquirerConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Accounts are topped up from cards, see {@link TopUp}. */
public final class TopUpScenario implements Scenario {

  private final TopUpWork work;

  /** With this acquirer, and {@link AcquirerConfig#GIVE_UP_AFTER}. */
  public TopUpScenario(Acquirer acquirer) {
    this(acquirer, AcquirerConfig.GIVE_UP_AFTER, InstantSource.system());
  }

  /**
   * With this acquirer.
   *
   * @param giveUpAfter see {@link AcquirerConfig}
   * @param clock that of the ledger
   */
  public TopUpScenario(Acquirer acquirer, Duration giveUpAfter, InstantSource clock) {
    work = new TopUpWork(acquirer, giveUpAfter, clock);
  }

  @Override
  public String name() {
    return "Card top-up";
  }

  @Override
  public List<Operation<?>> operations() {
    return List.of(
        new StartTopUp(),
        new CheckTopUp(),
        new SucceedTopUp(),
        new DeclineTopUp(),
        new PostponeTopUp(),
        new ExpireTopUp(),
        new ChargeBackTopUp(),
        new ReverseChargeback(),
        new CollectTopUp());
  }

  @Override
  public List<DocumentKind<?>> documents() {
    return List.of(TopUp.KIND);
  }

  @Override
  public List<DueWork<?>> work() {
    return List.of(work);
  }

  @Override
  public List<AuditRule> audit() {
    return TopUpAudit.RULES;
  }
}
