import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.List;
import java.util.UUID;
import made.client.ApiClient;
import made.client.ApiException;
import made.client.api.AccountApi;
import made.client.api.LinksApi;
import made.client.api.RegistrationsApi;
import made.client.model.CivilityCode;
import made.client.model.EstablishmentRequest;
import made.client.model.IdentityRequest;
import made.client.model.MeAnswer;
import made.client.model.MemberNumberRequest;
import made.client.model.NewPasswordRequest;
import made.client.model.RegistrationAnswer;
import made.client.model.RegistrationState;
import made.client.model.SignInRequest;
import made.client.model.StepName;
import made.client.model.TokenRequest;
import made.client.model.TopicsRequest;

/**
 * The whole journey by the client that openapi-generator makes of the description. Whoever runs this answers the line
 * {@code mail} with the token of the link.
 */
public class Journey {
    private static final String PASSWORD = "Girouette-7-marmelade";

    public static void main(String[] arguments) throws Exception {
        String email = System.getenv("PERSON_EMAIL");
        String siret = System.getenv("MEMBER_SIRET");
        RegistrationsApi anybody = new RegistrationsApi(client(null));
        IdentityRequest identity = new IdentityRequest()
            .civility(CivilityCode.M)
            .lastName("Démonval")
            .firstName("Ève")
            .email(email)
            .profile("generaliste")
            .locale("fr-FR");
        RegistrationAnswer started = anybody.startRegistration(identity, "fr", UUID.randomUUID().toString());
        is(started.getState() == RegistrationState.AWAITING_TOPICS, started);
        is(started.getNext().getStep() == StepName.TOPICS, started);

        UUID id = started.getId();
        RegistrationsApi mine = new RegistrationsApi(client(started.getContinuationToken()));
        String version = "\"" + started.getVersion() + "\"";
        RegistrationAnswer chosen = mine.putTopics(id, new TopicsRequest().topics(List.of("payments")), "fr", null, version);
        is(chosen.getState() == RegistrationState.AWAITING_ESTABLISHMENT, chosen);
        mine.putEstablishment(id, new EstablishmentRequest().siret(siret), "fr", null, null);
        try {
            mine.putMemberNumber(id, new MemberNumberRequest().number(""), "fr", null, null);
            is(false, "an empty number was taken");
        } catch (ApiException refused) {
            is(refused.getCode() == 422 && refused.getResponseBody().contains("\"number\""), refused);
        }
        mine.putMemberNumber(id, new MemberNumberRequest().number(System.getenv("MEMBER_NUMBER")), "fr", null, null);

        System.out.println("mail");
        String link = new BufferedReader(new InputStreamReader(System.in)).readLine();
        RegistrationAnswer verified = new LinksApi(client(null)).verifyEmail(new TokenRequest().token(link), "fr", null);
        is(verified.getVerification().getVerified(), verified);
        NewPasswordRequest password = new NewPasswordRequest().token(link).password(PASSWORD);
        is(anybody.putPassword(id, password, "fr", null, null).getState() == RegistrationState.ACTIVE, "no account");

        SignInRequest signIn = new SignInRequest().email(email).password(PASSWORD);
        String session = new AccountApi(client(null)).signIn(signIn, "fr").getToken();
        MeAnswer me = new AccountApi(client(session)).getMe("fr");
        is(me.getPerson().getEmail().equals(email), me);
        is(me.getEstablishments().get(0).getSiret().equals(siret), me);
    }

    private static ApiClient client(String token) {
        ApiClient client = new ApiClient();
        client.updateBaseUri(System.getenv("ONBOARDING_BASE"));
        if (token != null) {
            client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
        }
        return client;
    }

    private static void is(boolean so, Object told) {
        if (!so) {
            throw new AssertionError(told);
        }
    }
}
