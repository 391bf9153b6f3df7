package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A top-up of an account from a card, as it stands.
 *
 * <pre>
 *   PROCESSING ── approved ──► SUCCEEDED ── charged back ──► CHARGED_BACK (again, up to the amount)
 *       │                          ▲                          │        ▲
 *       │                          │            all reversed  ▼        │ charged back again
 *       │                          │                       CHARGEBACK_REVERSED
 *       ├───── declined ──► DECLINED (only if the acquirer corrects itself)
 *       │                          ▲
 *       └──── given up ───► EXPIRED (only if the acquirer had it all the same)
 * </pre>
 *
 * <p>The acquirer's word decides, and nothing else: without one it stays {@code PROCESSING} and is
 * asked about again, for ever if the acquirer does not answer. It is given up only if the acquirer
 * answers, a long time after the request, that it knows of no charge, and by then no card has been
 * charged for a while. What is booked, in the shard of the account:
 *
 * <ul>
 *   <li>approved: from {@link #ACQUIRER} to the account; to {@link #UNCLAIMED} if the account was
 *       closed meanwhile;
 *   <li>charged back: to {@link #ACQUIRER} from what the account has of its own, without held money
 *       and without credit; what it lacks, or all if it is frozen or closed, from {@link
 *       #RECEIVABLE}. The customer owes that. It is collected from the account as money comes in.
 *       So a chargeback neither fails nor uses a credit that was granted for something else, nor
 *       breaks promises to third parties;
 *   <li>reversed, when the dispute was won: from {@link #ACQUIRER}, first against what is owed for
 *       this top-up, and the rest to the account; to {@link #UNCLAIMED} if that is closed.
 * </ul>
 *
 * <p>A chargeback or reversal that does not fit, one over more than there is left say, is kept with
 * its reason, and nothing is booked: operators ask the acquirer, and what comes after it goes on.
 *
 * @param amount how much
 * @param card the token that stands for the card
 * @param requestedAt when it was asked for
 * @param state what is known
 * @param attempts how often the acquirer or the account was asked; only grows
 * @param checksLeft how often the acquirer will still be asked about one that is settled
 * @param unclaimed whether the account was closed when the money came
 * @param charge the acquirer's name for the charge
 * @param chargedAt when the acquirer charged; its day in UTC is the day of the settlement
 * @param declineCode why not, in the acquirer's words
 * @param chargebacks what was taken back, in the order in which it became known; together, without
 *     what was refused or reversed, at most the amount
 */
public record TopUp(
    Money amount,
    String card,
    Instant requestedAt,
    State state,
    int attempts,
    int checksLeft,
    boolean unclaimed,
    Optional<String> charge,
    Optional<Instant> chargedAt,
    Optional<String> declineCode,
    List<Chargeback> chargebacks) {

  /** Top-ups as documents. */
  public static final DocumentKind<TopUp> KIND =
      new DocumentKind<>("topup", TopUp.class, "/topups");

  /** The role of the account for what acquirers owe us, less than zero. */
  public static final String ACQUIRER = "acquirer";

  /** The role of the account for what customers owe us after chargebacks, less than zero. */
  public static final String RECEIVABLE = "chargebacks";

  /** The role of the account for money whose account was closed; operators send it back. */
  public static final String UNCLAIMED = "unclaimed";

  /** What is known of it. The names are in the database and never change. */
  public enum State {
    /** Nobody knows yet. */
    PROCESSING,
    /** The card was charged and the account credited. */
    SUCCEEDED,
    /** The card was not charged. */
    DECLINED,
    /** It was given up: the acquirer knows of no charge, and will not be asked for one any more. */
    EXPIRED,
    /** It was charged, and taken back later, wholly or in part. */
    CHARGED_BACK,
    /** It was charged, and all that was taken back later has come back. */
    CHARGEBACK_REVERSED
  }

  /**
   * What the acquirer took back.
   *
   * @param dispute the acquirer's name for it
   * @param amount how much
   * @param owed how much of it the customer still owes
   * @param at when; its day in UTC is the day of the settlement
   * @param reversal what of it came back
   * @param refused why nothing is booked for it; empty if it is booked
   */
  public record Chargeback(
      String dispute,
      Money amount,
      Money owed,
      Instant at,
      Optional<Reversal> reversal,
      Optional<String> refused) {

    static Chargeback booked(String dispute, Money amount, Money owed, Instant at) {
      return new Chargeback(dispute, amount, owed, at, Optional.empty(), Optional.empty());
    }

    static Chargeback refused(String dispute, Money amount, Instant at, Money nothing, String why) {
      return new Chargeback(dispute, amount, nothing, at, Optional.empty(), Optional.of(why));
    }

    Chargeback owing(Money less) {
      return new Chargeback(dispute, amount, less, at, reversal, refused);
    }

    Chargeback reversed(Reversal by) {
      return new Chargeback(dispute, amount, owed, at, Optional.of(by), refused);
    }

    /** Minor units that are taken still. */
    long taken() {
      return refused.isPresent()
          ? 0
          : amount.minorUnits() - reversal.map(Reversal::returned).orElse(0L);
    }
  }

  /**
   * What the acquirer has given back of a chargeback.
   *
   * @param id the acquirer's name for it
   * @param amount how much
   * @param unclaimed how much of it lies in {@link #UNCLAIMED}
   * @param at when; its day in UTC is the day of the settlement
   * @param refused why nothing is booked for it; empty if it is booked
   */
  public record Reversal(
      String id, Money amount, Money unclaimed, Instant at, Optional<String> refused) {

    long returned() {
      return refused.isPresent() ? 0 : amount.minorUnits();
    }
  }

  public TopUp {
    chargebacks = List.copyOf(chargebacks);
  }

  static TopUp processing(Money amount, String card, Instant now) {
    return new TopUp(
        amount,
        card,
        now,
        State.PROCESSING,
        0,
        0,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  TopUp succeeded(String acquirersCharge, Instant at, boolean accountClosed) {
    return new TopUp(
        amount,
        card,
        requestedAt,
        State.SUCCEEDED,
        attempts,
        0,
        accountClosed,
        Optional.of(acquirersCharge),
        Optional.of(at),
        Optional.empty(),
        List.of());
  }

  TopUp declined(String code) {
    return new TopUp(
        amount,
        card,
        requestedAt,
        State.DECLINED,
        attempts,
        0,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.of(code),
        List.of());
  }

  TopUp expired() {
    return new TopUp(
        amount,
        card,
        requestedAt,
        State.EXPIRED,
        attempts,
        0,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  TopUp chargedBack(Chargeback taken) {
    return with(Stream.concat(chargebacks.stream(), Stream.of(taken)).toList());
  }

  /** With this much less owed, what was taken back first before what came later. */
  TopUp collected(long collected) {
    List<Chargeback> after = new ArrayList<>();
    long left = collected;
    for (Chargeback each : chargebacks) {
      long less = Math.min(left, each.owed().minorUnits());
      left -= less;
      after.add(each.owing(Money.of(each.owed().minorUnits() - less, amount.code())));
    }
    return with(after);
  }

  /** With what came back of one that was taken back. */
  TopUp reversed(String dispute, Reversal by) {
    return with(
        chargebacks.stream()
            .map(each -> each.dispute().equals(dispute) ? each.reversed(by) : each)
            .toList());
  }

  private TopUp with(List<Chargeback> taken) {
    State then = State.CHARGED_BACK;
    if (taken.stream().allMatch(each -> each.refused().isPresent())) {
      then = State.SUCCEEDED;
    } else if (taken.stream().mapToLong(Chargeback::taken).sum() == 0) {
      then = State.CHARGEBACK_REVERSED;
    }
    return new TopUp(
        amount,
        card,
        requestedAt,
        then,
        attempts,
        0,
        unclaimed,
        charge,
        chargedAt,
        declineCode,
        taken);
  }

  TopUp asked(int moreChecks) {
    return new TopUp(
        amount,
        card,
        requestedAt,
        state,
        attempts + 1,
        moreChecks,
        unclaimed,
        charge,
        chargedAt,
        declineCode,
        chargebacks);
  }

  /** Minor units that the customer owes. */
  long owed() {
    return chargebacks.stream().mapToLong(each -> each.owed().minorUnits()).sum();
  }

  /** Minor units that can still be taken back. */
  long left() {
    return amount.minorUnits() - chargebacks.stream().mapToLong(Chargeback::taken).sum();
  }

  boolean has(String dispute) {
    return find(dispute).isPresent();
  }

  Optional<Chargeback> find(String dispute) {
    return chargebacks.stream().filter(each -> each.dispute().equals(dispute)).findFirst();
  }

  /** With what is due by itself when the acquirer need not be asked: to collect what is owed. */
  Document<TopUp> atRest(Document<TopUp> document, Instant now) {
    Document<TopUp> changed = document.with(this);
    return owed() == 0 ? changed.notDue() : changed.dueAt(now.plus(CollectTopUp.EVERY));
  }
}
