package io.holdfast.chaos.bank;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Posting;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scenario;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.ledger.SystemAccount;
import io.holdfast.payment.scenario.topup.TopUpScenario;
import io.holdfast.payment.scenario.topup.acquirer.Acquirer;
import io.holdfast.payment.testing.acquirer.Fault;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** What may be wrong with a node. The ledger lets every one of these through: they balance. */
enum BankMistake {
  NONE("", 0),
  TRANSFER_BOOKED_TWICE("transfer", 2),
  TRANSFER_FORGOTTEN("transfer", 0),
  CAPTURE_BOOKED_TWICE("capture-payment", 2),
  CAPTURE_FORGOTTEN("capture-payment", 0),
  REFUND_BOOKED_TWICE("refund-payment", 2),
  REFUND_FORGOTTEN("refund-payment", 0),
  TOP_UP_BOOKED_TWICE("topup-succeed", 2),
  TOP_UP_FORGOTTEN("topup-succeed", 0),
  CHARGEBACK_BOOKED_TWICE("topup-chargeback", 2),
  CHARGEBACK_FORGOTTEN("topup-chargeback", 0),
  REVERSAL_BOOKED_TWICE("topup-chargeback-reversal", 2),
  REVERSAL_FORGOTTEN("topup-chargeback-reversal", 0),
  REPAYMENT_BOOKED_TWICE("repay-loan", 2),
  REPAYMENT_FORGOTTEN("repay-loan", 0),
  /** A card that was charged counts as declined. */
  CHARGE_DENIED("", 0),
  /** A charge without an answer is asked for again under another name. */
  CHARGED_UNDER_ANOTHER_NAME("", 0);

  private static final String TOP_UPS = "Card top-up";

  private final String type;
  private final int times;

  /**
   * In the plan of one operation.
   *
   * @param times how often its postings are booked
   */
  BankMistake(String type, int times) {
    this.type = type;
    this.times = times;
  }

  /**
   * How often what goes wrong at the acquirer; it takes money back where the mistake is in that.
   */
  Map<Fault, Double> acquirersFaults() {
    Map<Fault, Double> faults =
        new EnumMap<>(Map.of(Fault.ERROR_AFTER, 0.2, Fault.HANG_UP, 0.1, Fault.ERROR, 0.05));
    if (this == NONE || type.startsWith("topup-chargeback")) {
      faults.put(Fault.CHARGEBACK, 0.2);
      faults.put(Fault.REVERSAL, 0.3);
    }
    return faults;
  }

  /** The scenarios with the mistake in them. */
  UnaryOperator<Catalogue> in(Acquirer acquirer) {
    return right ->
        this == NONE
            ? right
            : new Catalogue(
                right.scenarios().stream().map(each -> mistaken(each, acquirer)).toList());
  }

  private Scenario mistaken(Scenario scenario, Acquirer acquirer) {
    if (!type.isEmpty()) {
      return new Mistaken(scenario, this);
    }
    if (!scenario.name().equals(TOP_UPS)) {
      return scenario;
    }
    return new TopUpScenario(
        this == CHARGE_DENIED
            ? new MistakenAcquirer.Denying(acquirer)
            : new MistakenAcquirer.Renaming(acquirer));
  }

  private <R extends Record> Operation<R> mistaken(Operation<R> operation) {
    return operation.type().equals(type) ? new Repeated<>(operation, times) : operation;
  }

  private <R extends Record> Submission<R> mistaken(Submission<R> asked) {
    return new Submission<>(mistaken(asked.operation()), asked.request(), asked.key());
  }

  private <T extends Record> DueWork<T> mistaken(DueWork<T> work) {
    return new DueWork<>() {
      @Override
      public DocumentKind<T> kind() {
        return work.kind();
      }

      @Override
      public CompletionStage<Optional<Submission<?>>> due(Document<T> document) {
        return work.due(document).thenApply(asked -> asked.map(each -> mistaken(each)));
      }
    };
  }

  /** A scenario with a mistake in one of its operations. */
  private record Mistaken(Scenario right, BankMistake mistake) implements Scenario {
    @Override
    public String name() {
      return right.name();
    }

    @Override
    public List<Operation<?>> operations() {
      return right.operations().stream().<Operation<?>>map(each -> mistake.mistaken(each)).toList();
    }

    @Override
    public List<DocumentKind<?>> documents() {
      return right.documents();
    }

    @Override
    public List<DueWork<?>> work() {
      return right.work().stream().<DueWork<?>>map(each -> mistake.mistaken(each)).toList();
    }

    @Override
    public List<AuditRule> audit() {
      return right.audit();
    }
  }

  /** An operation whose postings are booked so many times; none is booked and taken back. */
  private record Repeated<R extends Record>(Operation<R> right, int times) implements Operation<R> {
    @Override
    public String type() {
      return right.type();
    }

    @Override
    public Class<R> request() {
      return right.request();
    }

    @Override
    public Route route() {
      return right.route();
    }

    @Override
    public Set<Role> roles() {
      return right.roles();
    }

    @Override
    public Scope scope(R request) {
      return right.scope(request);
    }

    @Override
    public Reads reads(R request) {
      return right.reads(request);
    }

    @Override
    public Plan plan(R request, Books books) {
      Plan plan = right.plan(request, books);
      for (Posting each : plan.postings()) {
        add(plan, each, each.amount() * (times - 1));
      }
      return plan;
    }

    private static void add(Plan plan, Posting posting, long amount) {
      Money money = Money.of(Math.abs(amount), posting.currency());
      if (posting.isSystem()) {
        String[] name = posting.account().split(":", -1);
        SystemAccount account = new SystemAccount(name[0], posting.shard(), posting.currency());
        if (amount < 0) {
          plan.debit(account, money);
        } else {
          plan.credit(account, money);
        }
      } else if (amount < 0) {
        plan.debit(new AccountId(posting.account()), money);
      } else {
        plan.credit(new AccountId(posting.account()), money);
      }
    }

    @Override
    public Optional<Class<? extends Record>> answer() {
      return right.answer();
    }

    @Override
    public String answered(String stored) {
      return right.answered(stored);
    }
  }
}
