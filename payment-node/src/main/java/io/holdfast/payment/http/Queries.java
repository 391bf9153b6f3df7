package io.holdfast.payment.http;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.LedgerReader;
import io.holdfast.payment.ledger.LedgerReader.StatementLine;
import io.holdfast.payment.ledger.LedgerReader.StoredDocument;
import io.holdfast.payment.ledger.LedgerReader.StoredOperation;
import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.security.Authentication;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Currency;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What can be read, by those who may: the owner of an account, operators and auditors. As last
 * committed, with what its shard's owner has answered, at any node. To everybody else it does not
 * exist.
 */
final class Queries {

  private static final int MOST_ROWS = 1_000;
  private static final int USUAL_ROWS = 100;

  private final Vertx vertx;
  private final LedgerReader books;
  private final Catalogue catalogue;
  private final LedgerWorkers workers;
  private final Function<RoutingContext, Caller> callers;

  /**
   * Queries.
   *
   * @param callers who asks; throws if they may not
   */
  Queries(
      Vertx vertx,
      LedgerReader books,
      Catalogue catalogue,
      LedgerWorkers workers,
      Function<RoutingContext, Caller> callers) {
    this.vertx = vertx;
    this.books = books;
    this.catalogue = catalogue;
    this.workers = workers;
    this.callers = callers;
  }

  void add(Router router) {
    router.get("/accounts").handler(this::accounts);
    router.get("/accounts/:id").handler(this::account);
    router.get("/accounts/:id/statement").handler(this::statement);
    router.get("/operations/:key").handler(this::operation);
    for (DocumentKind<?> kind : catalogue.kinds()) {
      router.get(kind.collection()).handler(context -> documents(context, kind));
      router.get(kind.collection() + "/:id").handler(context -> document(context, kind));
    }
  }

  private static boolean maySee(Caller caller, Account account) {
    return account.owner().equals(caller.name()) || caller.isAny(Role.OPERATOR, Role.AUDITOR);
  }

  private Account seen(Caller caller, AccountId id) {
    return books
        .account(id)
        .filter(account -> maySee(caller, account))
        .orElseThrow(() -> new ProblemException(Problem.unknownAccount(id.value())));
  }

  private void accounts(RoutingContext context) {
    Caller caller = callers.apply(context);
    String owner = parse(query(context, "owner").orElse(caller.name()), Queries::name);
    if (!owner.equals(caller.name()) && !caller.isAny(Role.OPERATOR, Role.AUDITOR)) {
      throw new ProblemException(Problem.invalid("you can list your own accounts only"));
    }
    String after = parse(query(context, "after").orElse(""), Queries::name);
    int limit = limit(context);
    read(
        context,
        () ->
            Answer.json(
                200,
                new JsonObject()
                    .put(
                        "accounts",
                        new JsonArray(
                            books.accountsOf(owner, after, limit).stream()
                                .map(Queries::describe)
                                .toList()))));
  }

  private void account(RoutingContext context) {
    Caller caller = callers.apply(context);
    AccountId id = parse(context.pathParam("id"), AccountId::new);
    read(context, () -> Answer.json(200, describe(seen(caller, id))));
  }

  private static JsonObject describe(Account account) {
    return new JsonObject()
        .put("account", account.id().value())
        .put("type", account.type().name())
        .put("owner", account.owner())
        .put("shard", account.shard())
        .put("currency", account.currency())
        .put("exponent", exponent(account.currency()))
        .put("posted", account.posted())
        .put("held", account.held())
        .put("incoming", account.incoming())
        .put("available", account.available())
        .put("creditLimit", account.creditLimit())
        .put("status", account.status().name())
        .put("limitPerPayment", account.limits().perPayment())
        .put("limitPerDay", account.limits().perDay());
  }

  private static int exponent(String currency) {
    return Currency.getInstance(currency).getDefaultFractionDigits();
  }

  private void statement(RoutingContext context) {
    Caller caller = callers.apply(context);
    AccountId id = parse(context.pathParam("id"), AccountId::new);
    long after = parse(query(context, "after").orElse("0"), Queries::position);
    int limit = limit(context);
    read(
        context,
        () -> {
          Account account = seen(caller, id);
          List<StatementLine> lines = books.statement(id, after, limit);
          JsonObject page =
              new JsonObject()
                  .put("account", id.value())
                  .put("currency", account.currency())
                  .put("exponent", exponent(account.currency()))
                  .put("entries", new JsonArray(lines.stream().map(Queries::line).toList()));
          if (lines.size() == limit) {
            page.put("next", lines.get(limit - 1).position());
          }
          return Answer.json(200, page);
        });
  }

  private static JsonObject line(StatementLine line) {
    return new JsonObject()
        .put("seq", line.position())
        .put("at", line.at().toString())
        .put("amount", line.amount())
        .put("balance", line.balance())
        .put("type", line.type())
        .put("reference", line.reference());
  }

  /** About an account or a document, which {@code about} names. */
  private void operation(RoutingContext context) {
    Caller caller = callers.apply(context);
    IdempotencyKey key = parse(context.pathParam("key"), IdempotencyKey::new);
    String about =
        query(context, "about")
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problem.invalid(
                            "say ?about= the account or document that the request was about")));
    Scope scope = parse(about, Queries::scope);
    String asked = query(context, "caller").orElse(caller.name());
    if (!asked.equals(caller.name()) && !caller.isAny(Role.OPERATOR, Role.AUDITOR)) {
      throw new ProblemException(Problem.unknownOperation());
    }
    read(
        context,
        () ->
            books
                .operation(asked, scope, key)
                .map(found -> operation(key, found, asked.equals(caller.name())))
                .orElseGet(() -> Problem.unknownOperation().answer()));
  }

  private static Scope scope(String about) {
    try {
      return Scope.of(new DocumentId(about));
    } catch (IllegalArgumentException e) {
      return Scope.of(new AccountId(about));
    }
  }

  /**
   * Whoever asked is told what the first answer told; others, what is stored.
   *
   * @param own whether the request was the reader's
   */
  private Answer operation(IdempotencyKey key, StoredOperation found, boolean own) {
    JsonObject body =
        new JsonObject()
            .put("key", key.value())
            .put("type", found.type())
            .put("at", found.at().toString());
    if (found.reply().isEmpty()) {
      return Answer.json(200, body.put("state", "pending"));
    }
    boolean refused = found.reply().get().refusal().isPresent();
    boolean pruned = found.reply().get().origin() == Reply.Origin.PRUNED;
    String stored = found.reply().get().answer();
    String told =
        own && !refused && !pruned
            ? catalogue.operation(found.type()).map(each -> each.answered(stored)).orElse(stored)
            : stored;
    return Answer.json(
        200,
        body.put("state", refused ? "refused" : "done")
            .put("node", found.reply().get().node())
            .put(refused ? "refusal" : "result", new JsonObject(told)));
  }

  private void document(RoutingContext context, DocumentKind<?> kind) {
    Caller caller = callers.apply(context);
    requireReader(caller, kind);
    DocumentId id = parse(context.pathParam("id"), DocumentId::new);
    read(
        context,
        () ->
            Optional.of(id)
                .filter(named -> named.kind().equals(kind.name()))
                .flatMap(books::document)
                .filter(found -> maySee(caller, found))
                .map(found -> Answer.json(200, describe(found)))
                .orElseGet(() -> Problem.noSuchResource(context.request().path()).answer()));
  }

  private boolean maySee(Caller caller, StoredDocument document) {
    return caller.isAny(Role.OPERATOR, Role.AUDITOR)
        || books.account(document.account()).filter(a -> maySee(caller, a)).isPresent()
        || document.other().flatMap(books::account).filter(a -> maySee(caller, a)).isPresent();
  }

  private static void requireReader(Caller caller, DocumentKind<?> kind) {
    if (kind.readers() == DocumentKind.Readers.OPERATORS) {
      Authentication.requireAny(caller, Set.of(Role.OPERATOR, Role.AUDITOR));
    }
  }

  private void documents(RoutingContext context, DocumentKind<?> kind) {
    Caller caller = callers.apply(context);
    requireReader(caller, kind);
    AccountId id =
        parse(
            query(context, "account")
                .orElseThrow(
                    () -> new ProblemException(Problem.invalid("say ?account= whose they are"))),
            AccountId::new);
    String after = parse(query(context, "after").orElse(""), Queries::name);
    int limit = limit(context);
    read(
        context,
        () -> {
          seen(caller, id);
          List<StoredDocument> found = books.documentsOf(id, kind.name(), after, limit);
          return Answer.json(
              200,
              new JsonObject()
                  .put("documents", new JsonArray(found.stream().map(Queries::describe).toList())));
        });
  }

  private static JsonObject describe(StoredDocument document) {
    JsonObject body = new JsonObject(document.body()).put("id", document.id().value());
    body.put("account", document.account().value());
    document.other().ifPresent(other -> body.put("counterparty", other.value()));
    document.due().ifPresent(due -> body.put("due", due.toString()));
    return body;
  }

  private static Optional<String> query(RoutingContext context, String name) {
    List<String> values = context.queryParam(name);
    if (values.size() > 1) {
      throw new ProblemException(Problem.invalid("say ?" + name + "= once"));
    }
    return values.stream().findFirst();
  }

  private static int limit(RoutingContext context) {
    long limit = parse(query(context, "limit").orElse("" + USUAL_ROWS), Queries::position);
    if (limit < 1 || limit > MOST_ROWS) {
      throw new ProblemException(Problem.invalid("a limit is 1 to " + MOST_ROWS));
    }
    return (int) limit;
  }

  private static String name(String text) {
    if (!text.matches("[A-Za-z0-9._-]{0,100}")) {
      throw new IllegalArgumentException("that is nobody's name, and no account's or document's");
    }
    return text;
  }

  private static long position(String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("a place in a list is a number");
    }
    return Long.parseLong(text);
  }

  private static <T> T parse(String text, Function<String, T> form) {
    try {
      return form.apply(text);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.invalid(String.valueOf(e.getMessage())));
    }
  }

  private void read(RoutingContext context, Supplier<Answer> query) {
    Future.fromCompletionStage(workers.run(query), vertx.getOrCreateContext())
        .onComplete(answer -> answer.send(context.response()), context::fail);
  }
}
