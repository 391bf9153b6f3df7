package io.holdfast.payment.testing.acquirer;

import io.holdfast.payment.testing.acquirer.SimulatedCharge.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The charges of an acquirer, as it would tell of them itself. Thread-safe. */
final class ChargeBook implements AutoCloseable {

  private final Clock clock;

  /** By id, in the order in which they came. Guarded by this, as is the journal. */
  private final Map<String, SimulatedCharge> charges = new LinkedHashMap<>();

  /** The first of a reference. */
  private final Map<String, String> references = new LinkedHashMap<>();

  private final ChargeJournal journal;

  ChargeBook(Path file, Clock clock) throws IOException {
    this.clock = clock;
    this.journal = new ChargeJournal(file, this::remember);
  }

  private void remember(SimulatedCharge charge) {
    charges.put(charge.id(), charge);
    references.putIfAbsent(charge.reference(), charge.id());
  }

  private SimulatedCharge write(SimulatedCharge charge) {
    journal.append(charge);
    remember(charge);
    return charge;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** A new charge; decided after a while if it is pending. */
  synchronized SimulatedCharge add(
      String reference, long amount, String currency, String card, Status status, Duration late) {
    return write(
        new SimulatedCharge(
            String.format("ch_%08d", charges.size() + 1),
            reference,
            amount,
            currency,
            card,
            status,
            status == Status.PENDING ? now().plus(late) : now(),
            List.of()));
  }

  /** The one that counts for a reference. */
  synchronized Optional<SimulatedCharge> find(String reference) {
    return Optional.ofNullable(references.get(reference)).map(id -> stored(id).asOf(now()));
  }

  private SimulatedCharge stored(String id) {
    return Optional.ofNullable(charges.get(id)).orElseThrow();
  }

  synchronized List<SimulatedCharge> all() {
    List<SimulatedCharge> all = new ArrayList<>();
    charges.values().forEach(each -> all.add(each.asOf(now())));
    return all;
  }

  /** Decides a pending charge now. */
  synchronized SimulatedCharge decide(String reference, Status status) {
    SimulatedCharge charge = known(reference);
    if (charge.status() != Status.PENDING) {
      throw new IllegalArgumentException("it is decided");
    }
    return write(charge.decided(status, now()));
  }

  /** Takes some of a charge back, or what is left of it if that is 0, which may be nothing. */
  synchronized SimulatedCharge chargeBack(String reference, long amount) {
    SimulatedCharge charge = known(reference);
    int before = charge.chargebacks().size();
    if (amount == 0 && before > 0 && charge.left() == 0) {
      return charge;
    }
    long taken = amount == 0 ? charge.left() : amount;
    if (charge.status() != Status.APPROVED || taken < 1 || taken > charge.left()) {
      throw new IllegalArgumentException("what was charged can be taken back, up to all of it");
    }
    String id = "cb" + charge.id().substring(2) + (before == 0 ? "" : "." + (before + 1));
    return write(
        charge.takenBack(new SimulatedCharge.Chargeback(id, taken, now(), Optional.empty())));
  }

  /**
   * Gives some of the latest chargeback back that nothing was given back of, or all of it if that
   * is 0. Without such a chargeback it does nothing if there is one at all.
   */
  synchronized SimulatedCharge reverse(String reference, long amount) {
    SimulatedCharge charge = known(reference);
    Optional<SimulatedCharge.Chargeback> latest =
        charge.chargebacks().stream()
            .filter(each -> each.reversal().isEmpty())
            .reduce((earlier, later) -> later);
    if (latest.isEmpty() && !charge.chargebacks().isEmpty()) {
      return charge;
    }
    SimulatedCharge.Chargeback taken =
        latest.orElseThrow(() -> new IllegalArgumentException("nothing was taken back"));
    long back = amount == 0 ? taken.amount() : amount;
    if (back < 1 || back > taken.amount()) {
      throw new IllegalArgumentException("what was taken back can be given back, up to all of it");
    }
    return write(
        charge.givenBack(
            taken.id(), new SimulatedCharge.Reversal("rv" + taken.id().substring(2), back, now())));
  }

  private SimulatedCharge known(String reference) {
    return find(reference)
        .orElseThrow(() -> new IllegalArgumentException("no charge of this reference"));
  }

  /** Writes what was settled on a day. */
  void settle(LocalDate day, PrintWriter to) {
    Map<String, long[]> totals = new TreeMap<>();
    long rows = 0;
    to.print("settlement,2," + day + "\n");
    for (SimulatedCharge each : all()) {
      long[] total = totals.computeIfAbsent(each.currency(), currency -> new long[6]);
      if (each.status() == Status.APPROVED && isOn(day, each.at())) {
        row(to, "charge", each.id(), each, each.amount(), each.at());
        total[0]++;
        total[1] += each.amount();
        rows++;
      }
      for (SimulatedCharge.Chargeback taken : each.chargebacks()) {
        if (isOn(day, taken.at())) {
          row(to, "chargeback", taken.id(), each, taken.amount(), taken.at());
          total[2]++;
          total[3] += taken.amount();
          rows++;
        }
        if (taken.reversal().filter(back -> isOn(day, back.at())).isPresent()) {
          SimulatedCharge.Reversal back = taken.reversal().get();
          row(to, "reversal", back.id(), each, back.amount(), back.at());
          total[4]++;
          total[5] += back.amount();
          rows++;
        }
      }
    }
    totals.forEach(
        (currency, total) ->
            to.printf(
                "total,%s,%d,%d,%d,%d,%d,%d\n",
                currency, total[0], total[1], total[2], total[3], total[4], total[5]));
    to.print("end," + rows + "\n");
  }

  private static boolean isOn(LocalDate day, Instant time) {
    return time.atZone(ZoneOffset.UTC).toLocalDate().equals(day);
  }

  private static void row(
      PrintWriter to, String type, String id, SimulatedCharge charge, long amount, Instant at) {
    to.print(
        String.join(
            ",",
            type,
            id,
            charge.reference(),
            Long.toString(amount),
            charge.currency(),
            at + "\n"));
  }

  @Override
  public synchronized void close() {
    journal.close();
  }
}
