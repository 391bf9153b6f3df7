package io.holdfast.chaos.workload;

import io.holdfast.chaos.history.Recorder;
import io.holdfast.chaos.history.Recorder.Invocation;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** A connection to the {@link RegisterServer}; notes what it does. For one thread. */
final class RegisterClient implements AutoCloseable {

  private final Socket socket;
  private final BufferedReader in;
  private final Recorder recorder;
  private final String client;

  RegisterClient(InetSocketAddress server, String client, Recorder recorder) throws IOException {
    this.socket = new Socket(server.getAddress(), server.getPort());
    this.in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    this.recorder = recorder;
    this.client = client;
    socket.setTcpNoDelay(true);
  }

  /** Raises the fence; the value, or empty if it is higher already. */
  Optional<String> seal(String name, String token) throws IOException {
    Invocation seal = recorder.invoke("register/" + name, "seal", Map.of("token", token));
    String[] answer = ask("seal " + name + " " + token + " " + client).split(" ", -1);
    seal.ok(Map.of("accepted", answer[0], "value", answer[1]));
    return answer[0].equals("true") ? Optional.of(answer[1]) : Optional.empty();
  }

  /** Writes, whether it is accepted or not. */
  void write(String name, String token, String expected, String value) throws IOException {
    Map<String, String> asked = Map.of("token", token, "expected", expected, "value", value);
    Invocation write = recorder.invoke("register/" + name, "write", asked);
    write.ok(Map.of("accepted", ask("write " + name + " " + token + " " + value)));
  }

  private String ask(String line) throws IOException {
    socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    String answer = in.readLine();
    if (answer == null) {
      throw new EOFException("the register is gone");
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
