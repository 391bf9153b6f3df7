package io.holdfast.payment.scenario.purchase;

import static io.holdfast.payment.scenario.purchase.Shop.SHOP;
import static io.holdfast.payment.scenario.purchase.Shop.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettlementTest {

  private static final LocalDate DAY = LocalDate.parse("2026-01-31");

  private final Shop shop = new Shop();

  @Test
  void due_paysOutWhatWasCapturedLessRefundsAndFees() {
    earn(4_000);
    shop.takings = new Takings(7, 2, 5_000, 1, 1_000, 125);
    afterMidnight(DAY);
    assertThat(shop.posted(shop.merchant)).isZero();
    assertThat(shop.ledger.system("payout", "EUR")).isEqualTo(3_875);
    assertThat(shop.ledger.system("fees", "EUR")).isEqualTo(125);
    assertThat(settlement(DAY).paid()).isEqualTo(3_875);
    assertThat(merchant()).isEqualTo(new Merchant(new FeeTerms(150, 25), DAY.plusDays(1), 7, 0, 0));
    assertThat(shop.told()).contains("till settlement.made");
  }

  @Test
  void due_beforeTheDayIsOver_doesNothing() {
    earn(4_000);
    shop.takings = new Takings(7, 1, 4_000, 0, 0, 0);
    shop.ledger.advanceTo(Instant.parse("2026-01-31T23:59:59Z"));
    shop.ledger.due(shop.scenario);
    assertThat(shop.posted(shop.merchant)).isEqualTo(4_000);
  }

  @Test
  void due_severalDaysLate_settlesOneAfterTheOther() {
    earn(4_000);
    shop.takings = new Takings(7, 1, 4_000, 0, 0, 85);
    afterMidnight(DAY.plusDays(2));
    shop.takings = Takings.from(7);
    shop.ledger.due(shop.scenario);
    shop.ledger.due(shop.scenario);
    assertThat(merchant().nextDay()).isEqualTo(DAY.plusDays(3));
    assertThat(settlement(DAY).paid()).isEqualTo(3_915);
    // Nothing happened on the other days, so there is nothing to show for them.
    assertThatThrownBy(() -> settlement(DAY.plusDays(1)))
        .isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void settle_againOrWithFiguresFromElsewhere_isRefused() {
    earn(4_000);
    Takings takings = new Takings(7, 1, 4_000, 0, 0, 0);
    FeeTerms terms = new FeeTerms(150, 25);
    shop.ask(Caller.SYSTEM, new SettleDay.Request(shop.merchant, DAY, 0, terms, takings));
    assertRefused(
        "settled-already",
        () ->
            shop.ask(Caller.SYSTEM, new SettleDay.Request(shop.merchant, DAY, 0, terms, takings)));
    assertRefused(
        "settled-already",
        () ->
            shop.ask(
                Caller.SYSTEM,
                new SettleDay.Request(shop.merchant, DAY.plusDays(1), 3, terms, takings)));
    assertRefused(
        "settled-already",
        () ->
            shop.ask(
                Caller.SYSTEM,
                new SettleDay.Request(
                    shop.merchant, DAY.plusDays(1), 7, new FeeTerms(0, 0), takings)));
    assertThat(shop.ledger.system("payout", "EUR")).isEqualTo(4_000);
  }

  @Test
  void settle_withLessInTheAccount_takesFeesFirstAndCarriesTheRest() {
    earn(4_000);
    shop.ledger.run(
        SHOP, new Transfer(), new Transfer.Request(shop.merchant, shop.payer, 3_950, "EUR"));
    shop.takings = new Takings(7, 1, 4_000, 0, 0, 85);
    afterMidnight(DAY);
    assertThat(shop.ledger.system("fees", "EUR")).isEqualTo(50);
    assertThat(shop.ledger.system("payout", "EUR")).isZero();
    assertThat(merchant().unpaidFees()).isEqualTo(35);
    assertThat(merchant().carried()).isEqualTo(3_915);

    earn(5_000);
    shop.takings = new Takings(9, 1, 5_000, 0, 0, 100);
    afterMidnight(DAY.plusDays(1));
    assertThat(shop.ledger.system("fees", "EUR")).isEqualTo(185);
    assertThat(shop.ledger.system("payout", "EUR")).isEqualTo(4_865);
    assertThat(shop.posted(shop.merchant)).isZero();
    assertThat(merchant().carried()).isEqualTo(3_915 + 4_900 - 4_865);
  }

  @Test
  void settle_moreRefundsThanCaptures_isMadeGoodByTheNextDay() {
    earn(1_000);
    shop.takings = new Takings(7, 0, 0, 1, 300, 0);
    afterMidnight(DAY);
    assertThat(shop.ledger.system("payout", "EUR")).isZero();
    assertThat(merchant().carried()).isEqualTo(-300);
    shop.takings = new Takings(8, 1, 1_000, 0, 0, 0);
    afterMidnight(DAY.plusDays(1));
    assertThat(shop.ledger.system("payout", "EUR")).isEqualTo(700);
  }

  @Test
  void terms_changed_keepWhatWasSettled() {
    earn(4_000);
    shop.takings = new Takings(7, 1, 4_000, 0, 0, 85);
    afterMidnight(DAY);
    shop.terms(shop.merchant, 200, 0);
    assertThat(merchant()).isEqualTo(new Merchant(new FeeTerms(200, 0), DAY.plusDays(1), 7, 0, 0));
  }

  @ParameterizedTest
  @CsvSource({
    // amount, basis points, fixed, fee: the half goes to the even one
    "10000, 150, 25, 175",
    "100, 50, 0, 0",
    "300, 50, 0, 2",
    "500, 50, 0, 2",
    "700, 50, 0, 4",
    "301, 50, 0, 2",
    "99, 50, 0, 0",
    "101, 50, 0, 1",
    "10, 0, 25, 10",
    "1000000000000000, 10000, 0, 1000000000000000",
  })
  void fee_isRoundedHalfToEvenAndAtMostTheAmount(
      long amount, int basisPoints, long fixed, long fee) {
    assertThat(new FeeTerms(basisPoints, fixed).of(amount)).isEqualTo(fee);
  }

  private void earn(long amount) {
    Checkout checkout = shop.checkout(amount, CaptureMode.AUTOMATIC);
    shop.ledger.advanceTo(shop.ledger.now().plusSeconds(1));
    shop.authorise(checkout);
  }

  private void afterMidnight(LocalDate day) {
    shop.ledger.advanceTo(SettlementWork.after(day));
    shop.ledger.due(shop.scenario);
  }

  private Merchant merchant() {
    return shop.ledger
        .document(Merchant.KIND, Merchant.idOf(shop.merchant, shop.ledger.map()))
        .body();
  }

  private Settlement settlement(LocalDate day) {
    return shop.ledger
        .document(Settlement.KIND, Settlement.idOf(shop.merchant, day, shop.ledger.map()))
        .body();
  }
}
