package io.holdfast.payment.files;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.cli.console.NotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;

/** Asks payment nodes over HTTP, one request at a time for each caller; thread-safe. */
final class NodeClient {

  private static final int LARGEST_ANSWER = 4 << 20;
  private static final int LONGEST_DETAIL = 300;
  private static final String PROBLEM = "application/problem+json";
  private static final String NO_ACCOUNT = "unknown-account";
  private static final String JSON = "application/json";
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Beside all from 500 on: the same request may go otherwise later. */
  private static final Set<Integer> LATER = Set.of(408, 421, 425, 429);

  /** What is wrong with how we ask, and not with the payment. */
  private static final Set<String> OF_THE_REQUEST =
      Set.of(
          "not-found",
          "method-not-allowed",
          "unsupported-encoding",
          "idempotency-key-missing",
          "too-large");

  private final JsonMapper mapper =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private final List<URI> nodes;
  private final Optional<String> apiKey;
  private final HttpClient http;
  private final Duration timeout;

  /** The node to ask; the next one after a failure to speak with it. */
  private final AtomicInteger current = new AtomicInteger();

  NodeClient(List<URI> nodes, Optional<String> apiKey, Optional<SSLContext> tls, Duration timeout) {
    this.nodes = List.copyOf(nodes);
    this.apiKey = apiKey;
    this.timeout = timeout;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout.compareTo(CONNECT) < 0 ? timeout : CONNECT);
    tls.ifPresent(builder::sslContext);
    this.http = builder.build();
  }

  /**
   * Asks once for a transfer.
   *
   * @throws NodeRefusesException if asking for another one is of no use either
   */
  Reply transfer(Payment payment) throws InterruptedException {
    String body =
        mapper
            .createObjectNode()
            .put("from", payment.from())
            .put("to", payment.to())
            .put("amount", payment.amount())
            .put("currency", payment.currency())
            .toString();
    int asked = current.get();
    HttpRequest.Builder request =
        request(asked, "/transfers")
            .header("Idempotency-Key", payment.key())
            .header("Content-Type", JSON)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    try {
      return reply(send(request.build()), asked);
    } catch (IOException e) {
      another(asked);
      return new Reply.Later(said(e), Duration.ZERO);
    }
  }

  private HttpRequest.Builder request(int node, String path) {
    String base = nodes.get(Math.floorMod(node, nodes.size())).toString();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base.replaceAll("/+$", "") + path)).timeout(timeout);
    apiKey.ifPresent(key -> request.header("Authorization", "Bearer " + key));
    return request;
  }

  private void another(int asked) {
    current.compareAndSet(asked, asked + 1);
  }

  /** The deadline covers the body as well, which the client's own does not. */
  private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BoundedBody.upTo(LARGEST_ANSWER));
    try {
      return answer.get(timeout.toMillis() + 100, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + timeout.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SSLHandshakeException tls && isOfCertificate(tls)) {
        throw new NodeRefusesException("the node's certificate: " + tls.getMessage());
      }
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  /** Not so a handshake that ended because the node did. */
  private static boolean isOfCertificate(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  private static String said(IOException e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }

  private Reply reply(HttpResponse<byte[]> answer, int asked) {
    int status = answer.statusCode();
    String type = type(answer);
    if (status == 201 && type.equals(JSON)) {
      boolean before = answer.headers().firstValue("Idempotency-Replayed").isPresent();
      return new Reply.Done(before ? Reply.Paid.BEFORE : Reply.Paid.NOW);
    }
    Optional<JsonNode> problem = type.equals(PROBLEM) ? parsed(answer.body()) : Optional.empty();
    String code = problem.map(body -> shortened(body.path("code").asText(""))).orElse("");
    String detail = problem.map(body -> shortened(body.path("detail").asText(""))).orElse("");
    if (status == 401 || status == 403) {
      // It is about us, and says nothing of what an earlier request under this key may have done.
      throw new NodeRefusesException("the node does not take us for a caller: " + detail);
    }
    boolean mayGoOtherwise =
        status >= 500
            || LATER.contains(status)
            || code.equals("in-flight")
            || problem.map(body -> body.path("retryable").asBoolean(false)).orElse(false);
    if (mayGoOtherwise) {
      if (status == 421 || status == 502) {
        another(asked);
      }
      return new Reply.Later(code.isEmpty() ? "HTTP " + status : code, waitOf(answer));
    }
    if (status >= 400 && !code.isEmpty() && !OF_THE_REQUEST.contains(code)) {
      return new Reply.Refused(code, detail);
    }
    throw new NodeRefusesException(
        "no answer of a payment node to a transfer: HTTP %d, %s"
            .formatted(status, code.isEmpty() ? type : code));
  }

  private static String shortened(String text) {
    return text.length() > LONGEST_DETAIL ? text.substring(0, LONGEST_DETAIL) : text;
  }

  private static String type(HttpResponse<byte[]> answer) {
    String type = answer.headers().firstValue("Content-Type").orElse("");
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
  }

  private Optional<JsonNode> parsed(byte[] body) {
    try {
      JsonNode json = mapper.readTree(body);
      return json.isObject() ? Optional.of(json) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Duration waitOf(HttpResponse<byte[]> answer) {
    String seconds = answer.headers().firstValue("Retry-After").orElse("");
    if (!seconds.matches("[0-9]{1,9}")) {
      return Duration.ZERO;
    }
    Duration wait = Duration.ofSeconds(Long.parseLong(seconds));
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }

  /**
   * Reads something, and asks again a few times while a node says that it may go otherwise later.
   *
   * @throws NotFoundException if there is no such account
   * @throws NodeRefusesException if a node refuses it
   * @throws IOException if no node answers
   */
  JsonNode get(String path) throws IOException, InterruptedException {
    return ask(node -> request(node, path).GET(), timeout);
  }

  /**
   * Reads something of every node, each asked once, in the order in which they were named.
   *
   * @return what each answered; empty for one that did not
   * @throws NodeRefusesException if one refuses it
   */
  List<Optional<JsonNode>> getFromEach(String path) throws InterruptedException {
    List<Optional<JsonNode>> answers = new ArrayList<>();
    for (int node = 0; node < nodes.size(); node++) {
      try {
        HttpResponse<byte[]> answer = send(request(node, path).GET().build());
        answers.add(answered(answer));
      } catch (IOException noAnswer) {
        answers.add(Optional.empty());
      }
    }
    return answers;
  }

  /** The nodes, as they were named. */
  List<URI> nodes() {
    return nodes;
  }

  /**
   * Has something done, and asks again, perhaps another node, while that may go otherwise later. So
   * it must be something of which several are as good as one.
   *
   * @param key under which it is done once; empty if it needs none
   * @param bound for all tries together
   * @throws NotFoundException if what is named does not exist
   * @throws NodeRefusesException if a node refuses it
   * @throws IOException if it is not known to be done
   */
  JsonNode post(String path, Optional<String> key, ObjectNode body, Duration bound)
      throws IOException, InterruptedException {
    return ask(
        node -> {
          HttpRequest.Builder request =
              request(node, path)
                  .header("Content-Type", JSON)
                  .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
          key.ifPresent(value -> request.header("Idempotency-Key", value));
          return request;
        },
        bound);
  }

  private JsonNode ask(IntFunction<HttpRequest.Builder> request, Duration bound)
      throws IOException, InterruptedException {
    RetryPolicy policy = RetryPolicy.within(bound);
    long begun = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      int asked = current.get();
      String why;
      try {
        HttpResponse<byte[]> answer = send(request.apply(asked).build());
        Optional<JsonNode> body = answered(answer);
        if (body.isPresent()) {
          return body.get();
        }
        why = said(answer);
      } catch (IOException e) {
        why = said(e);
      }
      another(asked);
      if (System.nanoTime() - begun >= policy.bound().toNanos()) {
        throw new IOException("no node answers: " + why);
      }
      TimeUnit.NANOSECONDS.sleep(policy.pause(attempt, Duration.ZERO).toNanos());
    }
  }

  /** What was done or read; empty if another try may bring it. */
  private Optional<JsonNode> answered(HttpResponse<byte[]> answer) {
    int status = answer.statusCode();
    Optional<JsonNode> body = parsed(answer.body());
    if (status >= 200 && status < 300 && body.isPresent()) {
      return body;
    }
    String code = body.map(problem -> problem.path("code").asText()).orElse("");
    if (code.equals(NO_ACCOUNT)) {
      throw new NotFoundException("no such account: the node knows none of this name");
    }
    if (status == 404 && !code.isEmpty()) {
      throw new NotFoundException("the node knows none of this name: " + said(answer));
    }
    if (status < 500
        && !body.map(problem -> problem.path("retryable").asBoolean(false)).orElse(false)) {
      throw new NodeRefusesException("the node refuses it: " + said(answer));
    }
    return Optional.empty();
  }

  private String said(HttpResponse<byte[]> answer) {
    return "HTTP "
        + answer.statusCode()
        + parsed(answer.body())
            .map(
                problem ->
                    ", %s: %s"
                        .formatted(
                            shortened(problem.path("code").asText("?")),
                            shortened(problem.path("detail").asText(""))))
            .orElse("");
  }
}
