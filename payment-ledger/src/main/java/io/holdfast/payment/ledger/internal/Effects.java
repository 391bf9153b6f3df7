package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Event;
import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Limits;
import io.holdfast.payment.ledger.NewAccount;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Posting;
import io.holdfast.payment.ledger.RequiredOwner;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.Trace;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A plan as plain data, which can be kept while its transaction is decided.
 *
 * @param postings in all shards
 * @param owners in all shards
 * @param claims in all shards
 * @param events in all shards
 * @param answer JSON
 */
record Effects(
    List<Posting> postings,
    Map<String, Long> spent,
    List<Hold> holds,
    List<String> releases,
    List<NewAccount> openings,
    Map<String, AccountStatus> statuses,
    Map<String, Limits> limits,
    Map<String, Long> creditLimits,
    List<RequiredOwner> owners,
    List<DocumentRow> documents,
    Claims claims,
    List<EventRow> events,
    String answer) {

  /** How a {@code traceparent} ends of what is recorded. */
  private static final String RECORDED = "-01";

  /**
   * A document as it is stored.
   *
   * @param body JSON
   * @param trace the request that has put it down, as a W3C {@code traceparent}; if it is recorded
   */
  record DocumentRow(
      String id,
      String kind,
      String account,
      Optional<String> other,
      Optional<Instant> due,
      String body,
      Optional<String> trace) {}

  /** An event as it is stored, in the shard of its account; the body is JSON. */
  record EventRow(int shard, String account, String type, String body) {}

  /**
   * What a plan comes to.
   *
   * @param map where the accounts live
   * @param trace of the request
   * @throws IllegalStateException if it makes or loses money: a fault of its scenario
   */
  static Effects of(Plan plan, ShardMap map, Trace trace) {
    Optional<String> recorded = trace.parent().filter(parent -> parent.endsWith(RECORDED));
    Map<String, Long> sums = new HashMap<>();
    plan.postings().forEach(each -> sums.merge(each.currency(), each.amount(), Math::addExact));
    sums.values().removeIf(sum -> sum == 0);
    if (!sums.isEmpty()) {
      throw new IllegalStateException("a plan that makes or loses money: " + new TreeMap<>(sums));
    }
    Map<String, Long> spent = new TreeMap<>();
    plan.spent().forEach((account, amount) -> spent.put(account.value(), amount));
    Map<String, AccountStatus> statuses = new TreeMap<>();
    plan.statuses().forEach((account, status) -> statuses.put(account.value(), status));
    Map<String, Limits> limits = new TreeMap<>();
    plan.changedLimits().forEach((account, changed) -> limits.put(account.value(), changed));
    Map<String, Long> creditLimits = new TreeMap<>();
    plan.changedCreditLimits()
        .forEach((account, changed) -> creditLimits.put(account.value(), changed));
    return new Effects(
        plan.postings(),
        spent,
        plan.holds(),
        List.copyOf(plan.releases()),
        plan.openings(),
        statuses,
        limits,
        creditLimits,
        plan.owners(),
        plan.documents().stream().map(each -> row(each, recorded)).toList(),
        new Claims(
            plan.claims().stream()
                .map(each -> new Claims.ClaimRow(row(each.document(), recorded), each.taken()))
                .toList(),
            plan.freed().stream().map(DocumentId::value).sorted().toList()),
        plan.events().stream().map(each -> row(each, map)).toList(),
        plan.result().map(Json::write).orElse("{}"));
  }

  private static DocumentRow row(Document<?> document, Optional<String> trace) {
    return new DocumentRow(
        document.id().value(),
        document.id().kind(),
        document.account().value(),
        document.other().map(other -> other.value()),
        document.due(),
        Json.write(document.body()),
        trace);
  }

  private static EventRow row(Event event, ShardMap map) {
    return new EventRow(
        map.shardOf(event.account()),
        event.account().value(),
        event.type(),
        Json.write(event.body()));
  }

  /** The postings of one shard. */
  List<Posting> in(int shard) {
    return postings.stream().filter(each -> each.shard() == shard).toList();
  }

  /** Whose accounts of one shard must be. */
  List<RequiredOwner> ownersIn(int shard) {
    return owners.stream().filter(each -> each.shard() == shard).toList();
  }

  /** What the owners of one shard's accounts are told. */
  List<EventRow> eventsIn(int shard) {
    return events.stream().filter(each -> each.shard() == shard).toList();
  }

  /** What other shards have to do, by shard. */
  Map<Integer, Share> elsewhere(int shard) {
    return Stream.of(
            postings.stream().map(Posting::shard),
            owners.stream().map(RequiredOwner::shard),
            claims.shards(),
            events.stream().map(EventRow::shard))
        .flatMap(each -> each)
        .filter(each -> each != shard)
        .distinct()
        .collect(
            Collectors.toMap(
                each -> each,
                each -> new Share(in(each), ownersIn(each), claims.in(each), eventsIn(each)),
                (one, same) -> one,
                TreeMap::new));
  }

  /** Which clients' accounts it concerns in other shards, by shard. */
  Map<Integer, Set<String>> accountsElsewhere(int shard) {
    Map<Integer, Set<String>> accounts = new TreeMap<>();
    elsewhere(shard).forEach((each, share) -> accounts.put(each, share.accounts()));
    return accounts;
  }

  /** What a shard has to do for a plan that another one executes. */
  record Share(
      List<Posting> postings, List<RequiredOwner> owners, Claims claims, List<EventRow> events) {

    /** The clients' accounts that it concerns. */
    Set<String> accounts() {
      return Stream.of(
              postings.stream().filter(each -> !each.isSystem()).map(Posting::account),
              owners.stream().map(each -> each.account().value()),
              events.stream().map(EventRow::account))
          .flatMap(each -> each)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
