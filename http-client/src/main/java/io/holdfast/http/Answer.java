package io.holdfast.http;

import java.net.http.HttpResponse;

/**
 * The response that counts.
 *
 * @param response as the last instance gave it, whatever its status
 * @param tries how many instances were asked, the same one perhaps more than once
 * @param perhapsRepeated true if another try may have taken effect as well
 */
public record Answer<T>(HttpResponse<T> response, int tries, boolean perhapsRepeated) {}
