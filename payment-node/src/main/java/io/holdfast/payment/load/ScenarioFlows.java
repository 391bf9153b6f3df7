package io.holdfast.payment.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** How clients go through the scenarios, and what they decide on the way. */
final class ScenarioFlows {

  static final String PURCHASES = "purchases";
  static final String TOP_UPS = "card top-ups";
  static final String LOANS = "loans";

  private static final int MERCHANTS = 4;
  private static final int LARGEST_PRICE = 20_000;
  private static final int LARGEST_LOAN = 500_000;
  private static final int SMALLEST_LOAN = 20_000;

  private final LoadConfig config;
  private final LoadCallers callers;

  /** With the accounts of a load. */
  ScenarioFlows(LoadConfig config) {
    this.config = config;
    this.callers = new LoadCallers(config.run());
  }

  /** One of them. */
  interface Steps {
    void take(Flow flow, Random random) throws InterruptedException, Flow.EndedException;
  }

  /** Every caller that asks for something on the way, the load's own included. */
  List<String> callers() {
    return List.of(callers.customer(), callers.shop(), callers.bank(), callers.secondOfBank());
  }

  List<String> merchants() {
    return IntStream.range(0, MERCHANTS)
        .mapToObj(number -> config.run() + "-merchant-" + number)
        .toList();
  }

  private String account(Random random) {
    return config.account(random.nextInt(config.accounts())).value();
  }

  private Map<String, Object> money(long amount) {
    return Map.of("amount", amount, "currency", config.currency());
  }

  /** Checkout and authorisation; then captured, in part or wholly, cancelled, or given back. */
  void purchase(Flow flow, Random random) throws InterruptedException, Flow.EndedException {
    String merchant = merchants().get(random.nextInt(MERCHANTS));
    long price = 100L + random.nextInt(LARGEST_PRICE);
    int what = random.nextInt(10);
    JsonNode checkout =
        flow.ask(
            callers.shop(),
            "/accounts/" + merchant + "/checkouts",
            "create-checkout",
            merchant,
            Map.of(
                "amount",
                price,
                "currency",
                config.currency(),
                "reference",
                "order-" + random.nextInt(1_000_000),
                "capture",
                what == 0 ? "AUTOMATIC" : "MANUAL"));
    String payer = account(random);
    JsonNode authorised =
        flow.ask(
            callers.customer(),
            "/payments",
            "authorise-payment",
            payer,
            Map.of("account", payer, "checkout", checkout));
    if (what > 0) {
      afterAuthorisation(flow, authorised.path("payment").asText(), price, what);
    }
  }

  private void afterAuthorisation(Flow flow, String payment, long price, int what)
      throws InterruptedException, Flow.EndedException {
    if (what == 1) {
      cancel(flow, payment);
      capture(flow, payment, price); // by mistake: refused
      return;
    }
    boolean partly = what < 5;
    capture(flow, payment, partly ? price / 2 : price);
    if (partly) {
      cancel(flow, payment);
    }
    if (what >= 8) {
      refund(flow, payment, price / 3);
    }
    if (what == 9) {
      refund(flow, payment, price); // by mistake: refused
    }
  }

  private void capture(Flow flow, String payment, long amount)
      throws InterruptedException, Flow.EndedException {
    String path = "/payments/" + payment + "/captures";
    flow.ask(callers.shop(), path, "capture-payment", payment, money(amount));
  }

  private void refund(Flow flow, String payment, long amount)
      throws InterruptedException, Flow.EndedException {
    String path = "/payments/" + payment + "/refunds";
    flow.ask(callers.shop(), path, "refund-payment", payment, money(amount));
  }

  private void cancel(Flow flow, String payment) throws InterruptedException, Flow.EndedException {
    String path = "/payments/" + payment + "/cancellation";
    flow.ask(callers.shop(), path, "cancel-payment", payment, Map.of());
  }

  /** Asks for a top-up; the cluster sees it through with the acquirer. One card of ten is bad. */
  void topUp(Flow flow, Random random) throws InterruptedException, Flow.EndedException {
    String account = account(random);
    flow.ask(
        callers.customer(),
        "/topups",
        "topup",
        account,
        Map.of(
            "account",
            account,
            "amount",
            500 + random.nextInt(10_000),
            "currency",
            config.currency(),
            "card",
            random.nextInt(10) == 0 ? "tok_decline" : "tok_card" + random.nextInt(1_000)));
  }

  /** Applies; is declined, or gets the loan and repays a part, or all. */
  void loan(Flow flow, Random random) throws InterruptedException, Flow.EndedException {
    String account = account(random);
    long amount = (long) SMALLEST_LOAN + random.nextInt(LARGEST_LOAN - SMALLEST_LOAN);
    int what = random.nextInt(8);
    JsonNode applied =
        flow.ask(
            callers.customer(),
            "/loans",
            "apply-for-loan",
            account,
            Map.of(
                "account",
                account,
                "amount",
                amount,
                "currency",
                config.currency(),
                "annualRateBp",
                725,
                "months",
                12,
                "kind",
                what % 2 == 0 ? "ANNUITY" : "EQUAL_PRINCIPAL",
                "dayCount",
                "THIRTY_360"));
    String loan = applied.path("loan").asText();
    String path = "/loans/" + loan;
    if (what == 0) {
      flow.ask(
          callers.bank(),
          path + "/decline",
          "decline-loan",
          loan,
          Map.of("reason", "not enough income"));
      return;
    }
    flow.ask(
        callers.bank(),
        path + "/approval",
        "approve-loan",
        loan,
        Map.of(
            "amount",
            amount,
            "currency",
            config.currency(),
            "annualRateBp",
            700,
            "lateFee",
            500,
            "graceDays",
            5));
    String disbursement =
        flow.ask(callers.bank(), path + "/disbursement", "propose-disburse-loan", loan, Map.of())
            .path("approval")
            .asText();
    flow.ask(
        callers.secondOfBank(),
        "/approvals/" + disbursement + "/approve",
        "approve",
        disbursement,
        Map.of("operation", "disburse-loan", "request", Map.of("loan", loan)));
    flow.ask(callers.customer(), path + "/repayments", "repay-loan", loan, money(amount / 4));
    if (what == 1) {
      flow.ask(callers.customer(), path + "/payoff", "pay-off-loan", loan, Map.of());
    }
  }
}
