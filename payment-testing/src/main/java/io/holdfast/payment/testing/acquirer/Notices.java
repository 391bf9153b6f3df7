package io.holdfast.payment.testing.acquirer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a merchant that money was taken or given back, until the merchant answers with a 2xx, at
 * first every half a second and at last every minute. Signed: {@code Acquirer-Signature:
 * t=<seconds>,v1=<hex>}, the HMAC-SHA-256 of the seconds, a dot and the body. A simulator that is
 * started again tells again what it may not have told.
 */
final class Notices {

  private static final Logger LOG = LoggerFactory.getLogger(Notices.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final long FIRST_MILLIS = 500;
  private static final long LONGEST_MILLIS = 60_000;

  private final AcquirerSettings settings;
  private final ScheduledExecutorService later;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  Notices(AcquirerSettings settings, ScheduledExecutorService later) {
    this.settings = settings;
    this.later = later;
  }

  /** Of everything that was taken back of a charge, and given back. */
  void send(SimulatedCharge charge) {
    settings
        .notices()
        .ifPresent(
            to ->
                charge
                    .chargebacks()
                    .forEach(
                        each -> {
                          send("chargeback", charge.reference(), each.id(), to, FIRST_MILLIS);
                          each.reversal()
                              .ifPresent(
                                  back ->
                                      send(
                                          "chargeback-reversal",
                                          charge.reference(),
                                          back.id(),
                                          to,
                                          FIRST_MILLIS));
                        }));
  }

  private void send(String type, String reference, String id, URI to, long retryMillis) {
    ObjectNode notice =
        ChargeJournal.MAPPER
            .createObjectNode()
            .put("type", type)
            .put("id", id)
            .put("reference", reference);
    String body = notice.toString();
    String seconds = Long.toString(settings.clock().instant().getEpochSecond());
    HttpRequest request =
        HttpRequest.newBuilder(to)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .header(
                "Acquirer-Signature",
                "t=" + seconds + ",v1=" + sign(settings.noticeSecret(), seconds + "." + body))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    client
        .sendAsync(request, BodyHandlers.discarding())
        .whenComplete(
            (answer, failure) -> {
              if (failure != null || answer.statusCode() / 100 != 2) {
                retry(type, reference, id, to, retryMillis);
              }
            });
  }

  private void retry(String type, String reference, String id, URI to, long millis) {
    try {
      later.schedule(
          () -> send(type, reference, id, to, Math.min(2 * millis, LONGEST_MILLIS)),
          millis,
          TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      LOG.debug("closed before a notice was delivered");
    }
  }

  static String sign(String secret, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
