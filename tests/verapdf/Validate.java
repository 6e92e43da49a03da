// Judges every file given as argument by the profiles of veraPDF for PDF/A-3a and PDF/UA-1.
// One line for each file and profile: path, profile, number of rules checked; then one line for each rule that failed.
import java.io.File;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.RuleId;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class Validate {
    static final String PROFILES = "/org/verapdf/pdfa/validation/";

    public static void main(String[] paths) throws Exception {
        java.util.logging.LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        ValidationProfile archival = load("PDFA-3A.xml", PDFAFlavour.byFlavourId("3a"));
        ValidationProfile accessible = load("PDFUA-1.xml", PDFAFlavour.byFlavourId("ua1"));
        for (String path : paths) {
            judge(path, "3a", archival);
            judge(path, "ua1", accessible);
        }
    }

    static void judge(String path, String name, ValidationProfile profile) throws Exception {
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(path), flavour);
                PDFAValidator validator =
                        Foundries.defaultInstance().createValidator(profile, -1, false, true, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.println(String.join("\t", "judged", path, name, String.valueOf(result.getTotalAssertions())));
            Map<String, Integer> failures = new LinkedHashMap<>();
            for (TestAssertion each : result.getTestAssertions()) {
                if (each.getStatus() == TestAssertion.Status.FAILED) {
                    RuleId rule = each.getRuleId();
                    failures.merge(rule.getClause() + "-" + rule.getTestNumber() + " " + each.getMessage(), 1, Integer::sum);
                }
            }
            failures.forEach((message, times) -> System.out.println(
                    String.join("\t", "failed", path, name, times + " × " + message.replaceAll("\\s+", " "))));
        }
    }

    static ValidationProfile load(String resource, PDFAFlavour flavour) throws Exception {
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Validate.class.getResourceAsStream(PROFILES + resource))
                .getDocumentElement();
        Set<Rule> rules = new LinkedHashSet<>();
        NodeList nodes = root.getElementsByTagName("rule");
        for (int i = 0; i < nodes.getLength(); i++) {
            rules.add(rule((Element) nodes.item(i)));
        }
        Set<Variable> variables = new LinkedHashSet<>();
        nodes = root.getElementsByTagName("variable");
        for (int i = 0; i < nodes.getLength(); i++) {
            Element each = (Element) nodes.item(i);
            variables.add(Profiles.variableFromValues(
                    each.getAttribute("name"), each.getAttribute("object"), text(each, "defaultValue"), text(each, "value")));
        }
        return Profiles.profileFromValues(
                flavour, Profiles.profileDetailsFromValues("", "", "", new Date()), "", rules, variables);
    }

    static Rule rule(Element element) {
        Element id = (Element) element.getElementsByTagName("id").item(0);
        RuleId ruleId = Profiles.ruleIdFromValues(
                PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                id.getAttribute("clause"),
                Integer.parseInt(id.getAttribute("testNumber")));
        String deferred = element.getAttribute("deferred");
        return Profiles.ruleFromValues(
                ruleId,
                element.getAttribute("object"),
                deferred.isEmpty() ? null : Boolean.valueOf(deferred),
                element.getAttribute("tags"),
                text(element, "description"),
                text(element, "test"),
                Profiles.errorFromValues(text(element, "message"), new ArrayList<>()),
                new ArrayList<>());
    }

    static String text(Element element, String name) {
        NodeList found = element.getElementsByTagName(name);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent();
    }
}
