/**
 * Pictures of a chaos run, in one file that needs nothing else.
 *
 * <p>Begin with {@link io.holdfast.chaos.report.HtmlReport}.
 */
@NullMarked
package io.holdfast.chaos.report;

import org.jspecify.annotations.NullMarked;
