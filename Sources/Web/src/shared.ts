/*
 * What stands around every page. Pages import this too, though they need only parts of it: the bundler puts what the
 * same entries reach into one file, and one file of it is smaller and sooner there than fourteen.
 */
import "./api/resources";
import "./api/session";
import "./lib/chart-view";
import "./lib/routes";
import "./ui/error-boundary";
import "./ui/navigation";
import "./ui/notices";
import "./ui/shell";
import "./ui/use-resource";
