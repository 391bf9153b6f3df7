package io.holdfast.payment.scenario.topup;

import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Submission;
import io.holdfast.payment.ledger.Trace;
import io.holdfast.payment.scenario.topup.acquirer.Acquirer;
import io.holdfast.payment.scenario.topup.acquirer.Charge;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the acquirer and has its answer booked.
 *
 * <p>The first time it charges the card, under the document's id. If no answer came, or an owner of
 * the shard died in between, it asks what came of that; if the acquirer knows nothing, it charges
 * again under the same id. So the card is charged once however often this runs, and what was
 * charged is found out however late it becomes known.
 *
 * <p>After a long time it charges no more. A call that was under way then has ended soon after; if
 * the acquirer knows of no charge even then, the top-up is given up. An owner that was frozen for
 * longer may still send a call. The acquirer tells of such a charge, by a notice or in its file,
 * and it is booked all the same.
 */
final class TopUpWork implements DueWork<TopUp> {

  private static final Logger LOG = LoggerFactory.getLogger(TopUpWork.class);

  /** Longer than any call to the acquirer takes. */
  private static final Duration QUIET = Duration.ofMinutes(10);

  private final Acquirer acquirer;
  private final Duration giveUpAfter;
  private final InstantSource clock;
  private final SucceedTopUp succeed = new SucceedTopUp();
  private final DeclineTopUp decline = new DeclineTopUp();
  private final PostponeTopUp postpone = new PostponeTopUp();
  private final ChargeBackTopUp chargeBack = new ChargeBackTopUp();
  private final ReverseChargeback reverse = new ReverseChargeback();
  private final ExpireTopUp expire = new ExpireTopUp();
  private final CollectTopUp collect = new CollectTopUp();

  TopUpWork(Acquirer acquirer, Duration giveUpAfter, InstantSource clock) {
    this.acquirer = acquirer;
    this.giveUpAfter = giveUpAfter;
    this.clock = clock;
  }

  @Override
  public DocumentKind<TopUp> kind() {
    return TopUp.KIND;
  }

  @Override
  public CompletionStage<Optional<Submission<?>>> due(Document<TopUp> document) {
    return due(document, Trace.NONE);
  }

  @Override
  public CompletionStage<Optional<Submission<?>>> due(Document<TopUp> document, Trace trace) {
    if (document.body().owed() > 0 && document.body().checksLeft() == 0) {
      int attempt = document.body().attempts();
      return CompletableFuture.completedFuture(
          Optional.of(
              collect.submission(
                  new CollectTopUp.Request(document.id(), document.account(), attempt), attempt)));
    }
    long began = System.nanoTime();
    return ask(document)
        .whenComplete(
            (charge, failure) ->
                trace.over("acquirer", document.id().shard(), began, System.nanoTime()))
        .handle(
            (charge, failure) ->
                Optional.of(
                    failure == null
                        ? charge
                            .<Submission<?>>map(known -> next(document, known))
                            .orElseGet(() -> none(document))
                        : next(document, new Charge.Unknown("the client failed"))));
  }

  /** Empty if the acquirer knows of no charge, and is asked for none. */
  private CompletionStage<Optional<Charge>> ask(Document<TopUp> document) {
    TopUp topUp = document.body();
    boolean wanted =
        topUp.state() == TopUp.State.PROCESSING
            && clock.instant().isBefore(topUp.requestedAt().plus(giveUpAfter));
    if (wanted && topUp.attempts() == 0) {
      return charge(document);
    }
    return acquirer
        .status(document.id())
        .thenCompose(
            found ->
                found.isEmpty() && wanted
                    ? charge(document)
                    : CompletableFuture.completedFuture(found));
  }

  private CompletionStage<Optional<Charge>> charge(Document<TopUp> document) {
    return acquirer
        .charge(document.id(), document.body().amount(), document.body().card())
        .thenApply(Optional::of);
  }

  private Submission<?> none(Document<TopUp> document) {
    TopUp topUp = document.body();
    boolean over =
        topUp.state() == TopUp.State.PROCESSING
            && !clock.instant().isBefore(topUp.requestedAt().plus(giveUpAfter).plus(QUIET));
    int attempt = topUp.attempts();
    return over
        ? expire.submission(new ExpireTopUp.Request(document.id(), attempt), attempt)
        : later(document);
  }

  private Submission<?> next(Document<TopUp> document, Charge charge) {
    TopUp topUp = document.body();
    if (charge instanceof Charge.Approved approved) {
      if (!approved.amount().equals(topUp.amount())) {
        LOG.warn(
            "{}: the acquirer charged another amount; ask it, nothing is booked", document.id());
      } else if (topUp.charge().isPresent()) {
        return news(document, approved.chargebacks()).orElseGet(() -> later(document));
      } else {
        return succeed.submission(
            new SucceedTopUp.Request(
                document.id(),
                document.account(),
                approved.id(),
                approved.at(),
                approved.chargebacks().stream().map(Charge.Chargeback::id).findFirst()),
            0);
      }
    } else if (charge instanceof Charge.Declined declined) {
      if (topUp.state() == TopUp.State.PROCESSING || topUp.state() == TopUp.State.EXPIRED) {
        return decline.submission(new DeclineTopUp.Request(document.id(), declined.code()), 0);
      }
      if (topUp.charge().isPresent()) {
        LOG.warn("{}: the acquirer declines what it had approved; ask it", document.id());
      }
    } else if (charge instanceof Charge.Unknown unknown) {
      LOG.debug("{}: the outcome is unknown: {}", document.id(), unknown.why());
    }
    return later(document);
  }

  /** The first of what is not in the books: what was taken back, and what came back of it. */
  private Optional<Submission<?>> news(
      Document<TopUp> document, List<Charge.Chargeback> chargebacks) {
    long more = chargebacks.stream().mapToLong(each -> missing(document.body(), each)).sum();
    for (Charge.Chargeback each : chargebacks) {
      if (!document.body().has(each.id())) {
        warnUnlessItFits(document, each.amount(), document.body().left());
        return Optional.of(chargedBack(document, each, more == 1));
      } else if (missing(document.body(), each) > 0) {
        Charge.Reversal back = each.reversal().orElseThrow();
        warnUnlessItFits(document, back.amount(), each.amount().minorUnits());
        return Optional.of(reversed(document, each, back, more == 1));
      }
    }
    return Optional.empty();
  }

  /** How much of it is not in the books. What came back of something refused never is. */
  private static long missing(TopUp topUp, Charge.Chargeback said) {
    long reversal = said.reversal().isPresent() ? 1 : 0;
    return topUp
        .find(said.id())
        .map(known -> known.refused().isPresent() || known.reversal().isPresent() ? 0 : reversal)
        .orElse(1 + reversal);
  }

  private static void warnUnlessItFits(Document<TopUp> document, Money amount, long most) {
    ChargeBackTopUp.refusal(amount, document.body().amount(), most)
        .ifPresent(
            why ->
                LOG.warn(
                    "{}: what the acquirer took or gave back is not booked, for {}; ask it",
                    document.id(),
                    why));
  }

  private Submission<?> chargedBack(
      Document<TopUp> document, Charge.Chargeback taken, boolean last) {
    return chargeBack.submission(
        new ChargeBackTopUp.Request(
            document.id(),
            document.account(),
            taken.id(),
            taken.amount().minorUnits(),
            taken.amount().code(),
            taken.at(),
            last),
        number(taken.id()));
  }

  private Submission<?> reversed(
      Document<TopUp> document, Charge.Chargeback taken, Charge.Reversal back, boolean last) {
    return reverse.submission(
        new ReverseChargeback.Request(
            document.id(),
            document.account(),
            taken.id(),
            back.id(),
            back.amount().minorUnits(),
            back.amount().code(),
            back.at(),
            last),
        number(taken.id()));
  }

  private static String number(String dispute) {
    return UUID.nameUUIDFromBytes(dispute.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private Submission<?> later(Document<TopUp> document) {
    int attempt = document.body().attempts();
    return postpone.submission(new PostponeTopUp.Request(document.id(), attempt), attempt);
  }
}
