package io.holdfast.payment.ledger.audit;

import io.holdfast.payment.ledger.audit.ClientJournal.Leg;
import io.holdfast.payment.ledger.audit.ClientJournal.Line;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import io.holdfast.payment.ledger.audit.Effect.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What clients were told, compared with the books as they go by. */
final class Answers {

  private static final String CLIENTS = "clients";

  /** What the books say of a request that a client has noted. */
  private static final class Booked {
    private String state = "not there";
    private String type = "";
    private int rows;
    private final List<Leg> legs = new ArrayList<>(2);

    boolean isDone() {
      return rows > 0 || state.equals("DONE");
    }
  }

  private final ClientJournal clients;
  private final Map<RequestKey, Line> lines;
  private final Map<RequestKey, Booked> booked = new HashMap<>();
  private final Notes notes;
  private final int shards;

  Answers(ClientJournal clients, Notes notes, int shards) {
    this.clients = clients;
    this.lines = clients.lines();
    this.notes = notes;
    this.shards = shards;
  }

  void effect(Effect effect, String where) {
    boolean home = effect.key().home(shards) == effect.shard();
    if (home && clients.isAllOf(effect.key().caller())) {
      notes.looked(Check.UNASKED);
      if (!lines.containsKey(effect.key())) {
        notes.wrong(
            Check.UNASKED,
            where,
            "row %d, %s %s, was never asked for"
                .formatted(effect.seq(), effect.type(), effect.key()));
      }
    }
    Line line = lines.get(effect.key());
    if (line == null) {
      return;
    }
    Booked here = booked.computeIfAbsent(effect.key(), none -> new Booked());
    here.rows++;
    if (home) {
      here.type = effect.type();
    }
    if (line.asked().legs().isPresent()) {
      for (Entry entry : effect.entries()) {
        if (!entry.isClearing()) {
          here.legs.add(new Leg(entry.account(), entry.currency(), entry.amount()));
        }
      }
    }
  }

  void operation(RequestKey key, String state) {
    if (lines.containsKey(key)) {
      booked.computeIfAbsent(key, none -> new Booked()).state = state;
    }
  }

  /** When all of the books have gone by. */
  void judge() {
    lines.forEach((key, line) -> judge(line, booked.getOrDefault(key, new Booked())));
  }

  private void judge(Line line, Booked found) {
    RequestKey key = line.asked().key();
    Check check = check(line.verdict());
    notes.looked(check);
    if (line.verdict() == Verdict.REFUSED) {
      if (found.isDone()) {
        wrong(check, key + " was refused to the client, and is in the books");
      }
      return;
    }
    if (!found.isDone()) {
      if (line.verdict() == Verdict.DONE) {
        wrong(check, key + " was acknowledged, and in the books it is " + found.state);
      }
      return;
    }
    if (!found.state.equals("DONE") || !found.type.equals(line.asked().type())) {
      wrong(
          check,
          "%s, %s, is in the books as %s, and %s"
              .formatted(
                  key,
                  line.asked().type(),
                  found.type.isEmpty() ? "nothing in its own shard" : found.type,
                  found.state));
    }
    line.asked()
        .legs()
        .ifPresent(
            legs -> {
              tell(check, key, "has not its entries", beyond(legs, found.legs));
              tell(check, key, "has too many entries", beyond(found.legs, legs));
            });
  }

  private static Check check(Verdict verdict) {
    return switch (verdict) {
      case DONE -> Check.ACKNOWLEDGED;
      case REFUSED -> Check.REFUSED;
      case UNKNOWN -> Check.UNKNOWN;
    };
  }

  private void tell(Check check, RequestKey key, String what, List<Leg> legs) {
    if (!legs.isEmpty()) {
      wrong(check, key + " " + what + ": " + legs);
    }
  }

  private void wrong(Check check, String what) {
    notes.wrong(check, CLIENTS, what);
  }

  /** What is in {@code these} beyond {@code those}; a leg may be there several times. */
  private static List<Leg> beyond(List<Leg> these, List<Leg> those) {
    List<Leg> rest = new ArrayList<>(these);
    those.forEach(rest::remove);
    return rest;
  }
}
