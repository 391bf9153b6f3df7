package io.holdfast.payment.scenario.topup.reconciliation;

import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.scenario.topup.TopUp;
import io.holdfast.payment.scenario.topup.acquirer.SettlementFile;
import io.holdfast.payment.scenario.topup.acquirer.SettlementRow;
import io.holdfast.payment.scenario.topup.reconciliation.ReconciliationReport.Finding;
import io.holdfast.payment.scenario.topup.reconciliation.ReconciliationReport.Total;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares the acquirer's settlement of a day with our top-ups, both ways.
 *
 * <p>Run it when the day has been over for a while. What the acquirer has taken and we do not know
 * of as succeeded is never booked because a file says so: {@link ReconciliationReport#repairs} has
 * the acquirer asked. The file is streamed; our top-ups of the day are kept in memory, some hundred
 * bytes each.
 */
public final class Reconciliation {

  private static final int MOST_FINDINGS = 10_000;

  private final LocalDate day;
  private final BookedTopUps books;
  private final Map<String, Ours> ofTheDay = new HashMap<>();
  private final Map<String, Total> ours = new TreeMap<>();
  private final Map<String, Total> theirs = new TreeMap<>();
  private final Map<Difference, Long> differences = new EnumMap<>(Difference.class);
  private final List<Finding> findings = new ArrayList<>();

  private Reconciliation(LocalDate day, BookedTopUps books) {
    this.day = day;
    this.books = books;
  }

  /**
   * Compares. Blocks; takes as long as reading both sides takes.
   *
   * @throws IOException if one of them could not be read to the end; then nothing is known
   */
  public static ReconciliationReport compare(SettlementFile file, BookedTopUps books)
      throws IOException {
    Reconciliation comparison = new Reconciliation(file.day(), books);
    books.forEach(file.day(), comparison::ours);
    try {
      file.forEach(comparison::theirs);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    comparison.missingThere();
    return new ReconciliationReport(
        comparison.day,
        comparison.ours,
        comparison.theirs,
        comparison.differences,
        comparison.findings);
  }

  /** One of our top-ups of the day, and whether the acquirer lists it. */
  private static final class Ours {
    final TopUp topUp;
    boolean charged;
    final Set<String> takenBack = new HashSet<>();
    final Set<String> givenBack = new HashSet<>();

    Ours(TopUp topUp) {
      this.topUp = topUp;
    }
  }

  private boolean isOfTheDay(Instant time) {
    return time.atZone(ZoneOffset.UTC).toLocalDate().equals(day);
  }

  private boolean isChargedThen(TopUp topUp) {
    return topUp.chargedAt().filter(this::isOfTheDay).isPresent();
  }

  private List<TopUp.Chargeback> takenBackThen(TopUp topUp) {
    return topUp.chargebacks().stream()
        .filter(each -> each.refused().isEmpty() && isOfTheDay(each.at()))
        .toList();
  }

  private List<TopUp.Reversal> givenBackThen(TopUp topUp) {
    return topUp.chargebacks().stream()
        .flatMap(each -> each.reversal().stream())
        .filter(each -> each.refused().isEmpty() && isOfTheDay(each.at()))
        .toList();
  }

  private void ours(DocumentId id, TopUp topUp) {
    ofTheDay.put(id.value(), new Ours(topUp));
    if (isChargedThen(topUp)) {
      add(ours, topUp.amount(), SettlementRow.Type.CHARGE);
    }
    takenBackThen(topUp).forEach(each -> add(ours, each.amount(), SettlementRow.Type.CHARGEBACK));
    givenBackThen(topUp).forEach(each -> add(ours, each.amount(), SettlementRow.Type.REVERSAL));
  }

  private static void add(Map<String, Total> totals, Money money, SettlementRow.Type type) {
    totals.put(money.code(), totals.getOrDefault(money.code(), Total.NOTHING).plus(type, money));
  }

  private void theirs(SettlementRow row) {
    add(theirs, row.money(), row.type());
    Optional<Ours> known = known(row.reference());
    switch (row.type()) {
      case CHARGE -> charge(row, known);
      case CHARGEBACK -> chargeback(row, known);
      case REVERSAL -> reversal(row, known);
    }
  }

  private Optional<Ours> known(String reference) {
    Ours here = ofTheDay.get(reference);
    if (here != null) {
      return Optional.of(here);
    }
    DocumentId id;
    try {
      id = new DocumentId(reference);
    } catch (IllegalArgumentException notOurs) {
      return Optional.empty();
    }
    if (!id.kind().equals(TopUp.KIND.name())) {
      return Optional.empty();
    }
    try {
      return books.find(id).map(Ours::new);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void charge(SettlementRow row, Optional<Ours> known) {
    if (known.isEmpty()) {
      found(Difference.MISSING_HERE, row, Optional.empty());
      return;
    }
    Ours here = known.get();
    Optional<Money> amount = Optional.of(here.topUp.amount());
    if (here.topUp.charge().isEmpty()) {
      here.charged = true;
      found(Difference.NOT_SUCCEEDED, row, amount);
    } else if (here.charged || !here.topUp.charge().get().equals(row.id())) {
      found(Difference.DUPLICATE, row, amount);
    } else {
      here.charged = true;
      if (!isChargedThen(here.topUp)) {
        found(Difference.OTHER_DAY, row, amount);
      }
      if (!here.topUp.amount().equals(row.money())) {
        found(Difference.AMOUNT, row, amount);
      }
    }
  }

  private void chargeback(SettlementRow row, Optional<Ours> known) {
    if (known.isEmpty()) {
      found(Difference.MISSING_HERE, row, Optional.empty());
      return;
    }
    Ours here = known.get();
    Optional<TopUp.Chargeback> booked =
        here.topUp.chargebacks().stream()
            .filter(each -> each.dispute().equals(row.id()))
            .findFirst();
    if (booked.isEmpty()) {
      found(Difference.CHARGEBACK_MISSING_HERE, row, Optional.empty());
      return;
    }
    TopUp.Chargeback taken = booked.get();
    if (taken.refused().isPresent()) {
      found(Difference.CHARGEBACK_REFUSED, row, Optional.empty());
      return;
    }
    Optional<Money> amount = Optional.of(taken.amount());
    if (!here.takenBack.add(row.id())) {
      found(Difference.CHARGEBACK_DUPLICATE, row, amount);
      return;
    }
    if (!isOfTheDay(taken.at())) {
      found(Difference.OTHER_DAY, row, amount);
    }
    if (!taken.amount().equals(row.money())) {
      found(Difference.CHARGEBACK_AMOUNT, row, amount);
    }
  }

  private void reversal(SettlementRow row, Optional<Ours> known) {
    if (known.isEmpty()) {
      found(Difference.MISSING_HERE, row, Optional.empty());
      return;
    }
    Ours here = known.get();
    Optional<TopUp.Reversal> booked =
        here.topUp.chargebacks().stream()
            .flatMap(each -> each.reversal().stream())
            .filter(each -> each.id().equals(row.id()))
            .findFirst();
    if (booked.isEmpty()) {
      found(Difference.REVERSAL_MISSING_HERE, row, Optional.empty());
      return;
    }
    TopUp.Reversal given = booked.get();
    if (given.refused().isPresent()) {
      found(Difference.REVERSAL_REFUSED, row, Optional.empty());
      return;
    }
    Optional<Money> amount = Optional.of(given.amount());
    if (!here.givenBack.add(row.id())) {
      found(Difference.REVERSAL_DUPLICATE, row, amount);
      return;
    }
    if (!isOfTheDay(given.at())) {
      found(Difference.OTHER_DAY, row, amount);
    }
    if (!given.amount().equals(row.money())) {
      found(Difference.REVERSAL_AMOUNT, row, amount);
    }
  }

  private void missingThere() {
    ofTheDay.forEach(
        (reference, here) -> {
          boolean unknown = here.topUp.state() == TopUp.State.PROCESSING;
          if (!here.charged && (unknown || isChargedThen(here.topUp))) {
            found(
                new Finding(
                    unknown ? Difference.UNKNOWN : Difference.MISSING_THERE,
                    reference,
                    here.topUp.charge().orElse(""),
                    Optional.of(here.topUp.amount()),
                    Optional.empty()));
          }
          takenBackThen(here.topUp).stream()
              .filter(taken -> !here.takenBack.contains(taken.dispute()))
              .forEach(
                  taken ->
                      found(
                          new Finding(
                              Difference.CHARGEBACK_MISSING_THERE,
                              reference,
                              taken.dispute(),
                              Optional.of(taken.amount()),
                              Optional.empty())));
          givenBackThen(here.topUp).stream()
              .filter(given -> !here.givenBack.contains(given.id()))
              .forEach(
                  given ->
                      found(
                          new Finding(
                              Difference.REVERSAL_MISSING_THERE,
                              reference,
                              given.id(),
                              Optional.of(given.amount()),
                              Optional.empty())));
        });
  }

  private void found(Difference difference, SettlementRow row, Optional<Money> amount) {
    found(new Finding(difference, row.reference(), row.id(), amount, Optional.of(row.money())));
  }

  private void found(Finding finding) {
    differences.merge(finding.difference(), 1L, Long::sum);
    if (findings.size() < MOST_FINDINGS) {
      findings.add(finding);
    }
  }
}
